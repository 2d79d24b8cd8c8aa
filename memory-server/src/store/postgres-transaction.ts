import type { PoolClient } from 'pg'
import type { Row, SqlValue, Transaction, Work } from './database.ts'
import { postgresFailureOf, postgresFault } from './postgres-faults.ts'
import { createStatements } from './postgres-statements.ts'
import type { NameStatement } from './postgres-statements.ts'

/** How one try of a transaction ended. */
export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | {
      readonly kind: 'failed'
      /** What the caller is told when there is no further try. */
      readonly error: unknown
      /** Whether another try may succeed: not at all, for any work, or only for work that is repeatable. */
      readonly retry: 'no' | 'any' | 'repeatable'
      /** Whether the connection is of no use any more. */
      readonly lost: boolean
    }

/** Tries a transaction once on a connection. */
export async function attemptTransaction<T>(
  client: PoolClient,
  nameOf: NameStatement,
  work: Work<T>,
): Promise<Attempt<T>> {
  const statements = createStatements(client, nameOf, 'BEGIN')
  const outcome = await outcomeOf(work, statements.transaction)
  await statements.close()
  // A statement that failed ends the transaction, whatever the work made of it.
  const failure = statements.failure()
  if (failure !== undefined) return failed(client, failure, 'any')
  if (!outcome.ok) {
    return { kind: 'failed', error: outcome.error, retry: 'no', lost: !(await rollBack(client)) }
  }
  try {
    await client.query('COMMIT')
    return { kind: 'done', value: outcome.value }
  } catch (error) {
    return failed(client, error, 'repeatable')
  }
}

/** Reads outside a transaction, once. */
export async function attemptRead(
  client: PoolClient,
  nameOf: NameStatement,
  sql: string,
  params: readonly SqlValue[],
): Promise<Attempt<readonly Row[]>> {
  const statements = createStatements(client, nameOf)
  try {
    return { kind: 'done', value: await statements.transaction.read(sql, params) }
  } catch (error) {
    const cause = statements.failure() ?? error
    const failure = postgresFailureOf(cause)
    const retry = failure === 'final' ? 'no' : 'any'
    return { kind: 'failed', error: postgresFault(cause), retry, lost: failure === 'lost' }
  }
}

/** The attempt that found no connection. Nothing was sent, so any work may be tried again. */
export function unreachable(error: unknown): Attempt<never> {
  const retry = postgresFailureOf(error) === 'final' ? 'no' : 'any'
  return { kind: 'failed', error: postgresFault(error), retry, lost: true }
}

/** The failure of a statement. `whenLost` says which work may be tried again after a lost connection. */
async function failed<T>(
  client: PoolClient,
  error: unknown,
  whenLost: 'any' | 'repeatable',
): Promise<Attempt<T>> {
  const failure = postgresFailureOf(error)
  const lost = failure === 'lost' || !(await rollBack(client))
  const retry = { conflict: 'any', lost: whenLost, final: 'no' } as const
  return { kind: 'failed', error: postgresFault(error), retry: retry[failure], lost }
}

/** Ends a transaction without its changes; false when the connection failed over it. */
export async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK')
    return true
  } catch {
    return false
  }
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

async function outcomeOf<T>(work: Work<T>, transaction: Transaction): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work(transaction) }
  } catch (error) {
    return { ok: false, error }
  }
}
