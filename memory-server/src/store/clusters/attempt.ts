import { randomUUID } from 'node:crypto'
import type { SqlValue, TransactionOptions, Work } from '../database.ts'
import { postgresFailureOf, postgresFault } from '../postgres-faults.ts'
import type { Attempt } from '../postgres-transaction.ts'
import { STATEMENTS } from '../statements.ts'
import { tableOf } from '../tables.ts'
import type { Part, PendingKey, Write } from './part.ts'
import { createParts } from './parts.ts'
import type { Clusters, Interruption } from './parts.ts'
import { changesCustomer, placeOf } from './place-of.ts'

/** The writes of one bucket that follow the decision. */
export interface BucketWrites {
  readonly bucket: number
  readonly writes: readonly Write[]
}

/** Work that is decided: what it is, and what is still to be written in other clusters. */
export interface Pending extends PendingKey {
  readonly rest: readonly BucketWrites[]
}

/** How one try of a transaction over several clusters ended. */
export type ClusterAttempt<T> = Interruption | Extract<Attempt<T>, { kind: 'failed' }> | Decided<T>

/** A transaction that will not be undone any more. */
export interface Decided<T> {
  readonly kind: 'done'
  readonly value: T
  /** What was written beside the decision, to be tidied up; undefined when one cluster had it all. */
  readonly pending?: Pending
  /** Whether a part of it could not be written yet. */
  readonly isIncomplete: boolean
}

/**
 * Tries a transaction over several clusters once.
 *
 * When more than one of them has changes, the cluster of the customer commits first, together with a note of what the
 * others will write: that is the decision. Then those with pointers commit, and last the one with the stored
 * answer. What is then missing is written from the note, once, by whoever finds it.
 */
export async function attemptOnClusters<T>(
  clusters: Clusters,
  work: Work<T>,
  options: TransactionOptions & { readonly ignoresUnfinished?: boolean },
  now: number,
): Promise<ClusterAttempt<T>> {
  const { key = '', settledBucket = -1, ignoresUnfinished = false } = options
  const parts = createParts(clusters, (tenant) =>
    ignoresUnfinished ? undefined : { tenant, key, bucket: settledBucket },
  )
  const outcome = await outcomeOf(work(parts.transaction))
  const failure = await parts.failure()
  const interruption = parts.interruption()
  if (interruption || failure !== undefined || !outcome.ok) {
    await parts.abandon()
    if (interruption) return interruption
    if (failure !== undefined) return failed(failure, 'any')
    return { kind: 'failed', error: outcome.ok ? undefined : outcome.error, retry: 'no', lost: false }
  }
  return commit(await parts.opened(), outcome.value, options, now)
}

async function commit<T>(
  parts: readonly Part[],
  value: T,
  { key = randomUUID() }: TransactionOptions,
  now: number,
): Promise<ClusterAttempt<T>> {
  const [decider, ...others] = inOrder(parts.filter(({ writes }) => writes.length > 0))
  const readers = parts.filter(({ writes }) => writes.length === 0)
  const abandonAll = (): Promise<unknown> =>
    Promise.all([...readers, ...others].map((part) => part.abandon()))
  const pending = decider && others.length > 0 ? pendingOf(decider, others, key) : undefined
  try {
    if (decider && pending) await noteDecision(decider, others, pending, now)
  } catch (error) {
    const failure = parts.map((part) => part.failure()).find((each) => each !== undefined) ?? error
    await Promise.all(parts.map((part) => part.abandon()))
    return failed(failure, 'any')
  }
  try {
    await decider?.commit()
  } catch (error) {
    await abandonAll()
    return failed(error, 'repeatable')
  }
  let isIncomplete = false
  for (const part of others) {
    await part.commit().catch(() => {
      isIncomplete = true
    })
  }
  await Promise.all(readers.map((part) => part.abandon()))
  return { kind: 'done', value, ...(pending && { pending }), isIncomplete }
}

function inOrder(writers: readonly Part[]): readonly Part[] {
  return writers.toSorted((a, b) => rankOf(a) - rankOf(b))
}

/**
 * Who decides: small whole tables first, then a chain of the audit log, whose next entry fits nowhere else, then the
 * customer. The one with the stored answer comes last.
 */
function rankOf({ writes }: Part): number {
  const tables = new Set(writes.map(({ sql }) => tableOf(sql)))
  if (writes.some(({ sql, params }) => placeOf(sql, params).kind === 'whole')) return 0
  if (tables.has('audit_heads')) return 1
  if (writes.some(({ sql }) => changesCustomer(sql))) return 2
  return tables.has('calls') ? 4 : 3
}

function pendingOf(decider: Part, others: readonly Part[], workKey: string): Pending {
  const rest = new Map<number, Write[]>()
  for (const write of others.flatMap(({ writes }) => writes)) {
    const bucket = Number(write.params[1])
    rest.set(bucket, [...(rest.get(bucket) ?? []), write])
  }
  const led = decider.writes.filter(({ sql, params }) => placeOf(sql, params).kind === 'bucket')
  const deciding = led.find(({ sql }) => changesCustomer(sql)) ?? led[0]
  const tenant = deciding?.params[0] ?? others[0]?.writes[0]?.params[0]
  return {
    tenant: String(tenant),
    bucket: deciding ? Number(deciding.params[1]) : decider.states.indexOf('h'),
    workKey,
    workId: randomUUID(),
    rest: [...rest].map(([bucket, writes]) => ({ bucket, writes })),
  }
}

async function noteDecision(
  decider: Part,
  others: readonly Part[],
  pending: Pending,
  now: number,
): Promise<void> {
  const { tenant, bucket, workKey, workId, rest } = pending
  const row: SqlValue[] = [tenant, bucket, workKey, workId, now, JSON.stringify(rest)]
  await decider.transaction.run(STATEMENTS.insertPending, row)
  for (const each of rest) {
    const part = others.find(({ states }) => states[each.bucket] === 'h')
    await part?.transaction.run(STATEMENTS.insertApplied, [tenant, each.bucket, workId, now])
  }
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

async function outcomeOf<T>(working: Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await working }
  } catch (error) {
    return { ok: false, error }
  }
}

function failed(error: unknown, whenLost: 'any' | 'repeatable'): Extract<Attempt<never>, { kind: 'failed' }> {
  const retry = { conflict: 'any', lost: whenLost, final: 'no' } as const
  return { kind: 'failed', error: postgresFault(error), retry: retry[postgresFailureOf(error)], lost: false }
}
