import type { PoolClient } from 'pg'
import type { Clock } from '../../../src/clock.ts'
import { startDeadline } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { distributeTables } from './citus.ts'
import { refuseOneOfSeveral } from './clusters/admission.ts'
import type { Store, TransactionOptions, Work } from './database.ts'
import { migrate } from './migrate.ts'
import { createPostgresHosts } from './postgres-hosts.ts'
import type { PostgresHosts } from './postgres-hosts.ts'
import { createStatementNames } from './postgres-statements.ts'
import { attemptRead, attemptTransaction, unreachable } from './postgres-transaction.ts'
import type { Attempt } from './postgres-transaction.ts'
import { createSlots } from './slots.ts'
import { MIGRATIONS } from './sql/migrations.ts'
import type { Migration } from './sql/migrations.ts'

/** How to open a PostgreSQL database. */
export interface PostgresStoreOptions {
  /** Address; may name several hosts, of which the one that can write is used. */
  readonly url: string
  readonly clock: Clock
  /** Whether statements are named, so that the server keeps their plans. Default true. */
  readonly preparedStatements?: boolean
  /** How many connections this process holds. Default 12. */
  readonly connections?: number
  /** Longest time for one statement, in milliseconds. Default 5000. */
  readonly statementTimeoutMs?: number
  /** The schema's history; the released one unless a test brings its own. */
  readonly migrations?: readonly Migration[]
  /** Whether the database may be one of several clusters, of which the caller knows. Default false. */
  readonly isOneOfSeveral?: boolean
}

/** Name of the connections of a server that knows of one database only. */
export const ALONE = 'caller-memory'

/** How many connections a process holds to a database unless told otherwise. */
export const CONNECTIONS = 12
/** Longest time to set up one connection, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 2000
/** Longest time for one statement unless told otherwise, in milliseconds. */
export const STATEMENT_TIMEOUT_MS = 5000

// Of many that want the same row at once only one wins each time, which takes as many turns as there are, and longer
// on a busy machine: after a few tries the pauses are long enough for all of twenty to win within them. Together at
// most 5.6 s of waiting, half of it on average; the budget also bounds slow connections.
const RETRIES = 16
const RETRY_BUDGET_MS = 5000
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 500

/**
 * Opens a database on PostgreSQL, or on an engine that speaks its protocol, and brings its schema up to date.
 * Several servers may use one database.
 *
 * A transaction that was undone because of another one is tried again, up to sixteen times, and so is one whose
 * connection was lost, where that is safe.
 *
 * @throws CM_STORE_UNAVAILABLE when the database cannot be used; the message holds the SQLSTATE at most.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, clock, connections = CONNECTIONS, preparedStatements = true } = options
  const hosts = createPostgresHosts({
    url,
    connections,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    startupLimits: preparedStatements,
    applicationName: ALONE,
    ...(options.isOneOfSeveral !== true && { admit: refuseOneOfSeveral }),
  })
  const store = storeOn(hosts, createRetry(clock), connections, preparedStatements)
  try {
    await migrate(store, options.migrations ?? MIGRATIONS, clock)
    if (options.migrations === undefined) await distributeTables(store)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

function storeOn(hosts: PostgresHosts, retry: Retry, connections: number, prepared: boolean): Store {
  const nameOf = createStatementNames(prepared)
  const slots = createSlots(connections)
  const underway = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  const perform = async <T>(
    step: (client: PoolClient) => Promise<Attempt<T>>,
    options: TransactionOptions,
  ): Promise<T> => {
    if (closing) throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the database is closed')
    const answer = retry(() => slots.run(() => attemptOn(hosts, step)), options)
    underway.add(answer)
    try {
      return await answer
    } finally {
      underway.delete(answer)
    }
  }
  const shut = async (): Promise<void> => {
    await Promise.allSettled(underway)
    await hosts.close()
  }
  return {
    read: (sql, params) =>
      perform((client) => attemptRead(client, nameOf, sql, params), { repeatable: true }),
    transaction: <T>(work: Work<T>, options: TransactionOptions = {}) =>
      perform((client) => attemptTransaction(client, nameOf, work), options),
    close: () => (closing ??= shut()),
  }
}

async function attemptOn<T>(
  hosts: PostgresHosts,
  step: (client: PoolClient) => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  const lease = await hosts.acquire().catch(unreachable)
  if ('kind' in lease) return lease
  const attempt = await step(lease.client)
  if (attempt.kind === 'failed' && attempt.lost) lease.discard()
  else lease.release()
  return attempt
}

/** Tries until it works, or until there is no sense or no time left in another try. */
export type Retry = <T>(attempt: () => Promise<Attempt<T>>, options: TransactionOptions) => Promise<T>

/** Creates the retrying of attempts: up to sixteen times within five seconds. */
export function createRetry(clock: Clock): Retry {
  return async (attempt, { repeatable = false }) => {
    const deadline = startDeadline(clock, RETRY_BUDGET_MS)
    for (let tried = 0; ; tried += 1) {
      const outcome = await attempt()
      if (outcome.kind === 'done') return outcome.value
      const sensible = outcome.retry === 'any' || (outcome.retry === 'repeatable' && repeatable)
      if (!sensible || tried >= RETRIES || deadline.remainingMs() === 0) throw outcome.error
      await pause(tried)
    }
  }
}

/** Waits for a random part of a time that doubles, so that those who met do not meet again. */
function pause(tried: number): Promise<void> {
  const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tried)
  return new Promise((resolve) => void setTimeout(resolve, Math.random() * longestMs))
}
