import type { Clock } from '../../../../src/clock.ts'
import { CallerMemoryError } from '../../../../src/errors.ts'
import type { TransactionOptions, Work } from '../database.ts'
import { CONNECTIONS, createRetry } from '../postgres.ts'
import type { Attempt } from '../postgres-transaction.ts'
import { createSlots } from '../slots.ts'
import { attemptOnClusters } from './attempt.ts'
import type { ClusterAttempt, Decided } from './attempt.ts'
import { finishWork, tidyUp } from './finish.ts'
import type { RunPlainly } from './finish.ts'
import type { PendingKey } from './part.ts'
import type { Clusters, Interruption } from './parts.ts'

/** The running of transactions on several clusters. */
export interface ClusterWork {
  readonly perform: <T>(work: Work<T>, options: TransactionOptions) => Promise<T>
  /** Writes what decided work has not written yet. */
  readonly finish: (key: PendingKey) => Promise<void>
  /** Leaves something to be done for which nobody waits. What fails is found again later. */
  readonly behind: (task: Promise<unknown>) => void
  readonly drain: () => Promise<void>
}

// Together five seconds: a bucket is without a home for as long as its last changes take to be copied.
const MOVE_TRIES = 200
const MOVE_PAUSE_MS = 25

/** Creates the running of transactions. `refresh` reads anew where the buckets are. */
export function createClusterWork(
  clusters: Clusters,
  clock: Clock,
  refresh: () => Promise<void>,
): ClusterWork {
  const slots = createSlots(CONNECTIONS)
  const retry = createRetry(clock)
  const { track, behind, drain } = createUnderway()
  const attempt = <T>(work: Work<T>, options: Parameters<typeof attemptOnClusters>[2]) =>
    attemptOnClusters(clusters, work, options, clock().getTime())

  const afterMove = async (interruption: Interruption): Promise<void> => {
    if (interruption.kind === 'unfinished') for (const key of interruption.found) await finish(key)
    else await new Promise((resolve) => void setTimeout(resolve, MOVE_PAUSE_MS)).then(refresh)
  }
  // Runs in the slot of what it is done for, so it takes none of its own.
  const plainly: RunPlainly = async (work, options = {}) => {
    const plain = { ...options, ignoresUnfinished: true }
    return (await retry(() => settle(() => attempt(work, plain), afterMove), options)).value
  }
  const finish = (key: PendingKey): Promise<void> => slots.run(() => finishWork(plainly, key))
  const perform = async <T>(work: Work<T>, options: TransactionOptions): Promise<T> => {
    const { value, pending, isIncomplete } = await retry(
      () => settle(() => slots.run(() => attempt(work, options)), afterMove),
      options,
    )
    if (pending === undefined) return value
    if (isIncomplete) await finish(pending)
    else {
      const tidying = slots.run(() => tidyUp(plainly, pending))
      // Whoever repeats by key comes across what is left; others, who may be forgetting somebody, leave nothing.
      if (options.key === undefined) await tidying
      else behind(tidying)
    }
    return value
  }
  return { perform: (work, options) => track(perform(work, options)), finish, behind, drain }
}

/** Tries until the work is decided or has failed, whatever moves or is unfinished meanwhile. */
async function settle<T>(
  tryOnce: () => Promise<ClusterAttempt<T>>,
  after: (interruption: Interruption) => Promise<void>,
): Promise<Attempt<Decided<T>>> {
  for (let tried = 0; tried < MOVE_TRIES; tried += 1) {
    const outcome = await tryOnce()
    if (outcome.kind === 'failed') return outcome
    if (outcome.kind === 'done') return { kind: 'done', value: outcome }
    await after(outcome)
  }
  const message = 'the rows are being moved to another cluster, or are unfinished there'
  const error = new CallerMemoryError('CM_STORE_UNAVAILABLE', message)
  return { kind: 'failed', error, retry: 'no', lost: false }
}

/** Keeps track of what is not done yet. */
function createUnderway(): Pick<ClusterWork, 'behind' | 'drain'> & {
  readonly track: <T>(task: Promise<T>) => Promise<T>
} {
  const underway = new Set<Promise<unknown>>()
  const track = <T>(task: Promise<T>): Promise<T> => {
    const settled = task.catch(() => undefined).then(() => void underway.delete(settled))
    underway.add(settled)
    return task
  }
  return {
    track,
    behind: (task) => void track(task).catch(() => undefined),
    drain: async () => {
      while (underway.size > 0) await Promise.all(underway)
    },
  }
}
