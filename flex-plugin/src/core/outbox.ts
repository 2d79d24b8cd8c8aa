/** One wrap-up that has to reach the server. */
export interface SaveJob {
  /** Sent as it is; a repeated send of the same job must be harmless on the server. */
  readonly fields: Readonly<Record<string, string>>
  /** The task it belongs to. A task has at most one job: the newest. */
  readonly taskSid: string
  /** Counts the jobs that this task had while one of them was unsent, from 1. */
  readonly revision: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly attempts: number
  /** Not sent again before this time, epoch milliseconds. */
  readonly nextAt: number
}

/** What came of a send: it is saved, it may be tried again, or the server will never take it. */
export type SendResult = 'saved' | 'later' | { readonly refused: string }

/** The part of the browser's storage that the outbox uses. */
export type OutboxStorage = Pick<Storage, 'getItem' | 'setItem'>

/** Runs `work` while nobody else, in this tab or another one, holds the same lock. */
export type WithLock = <T>(work: () => Promise<T>) => Promise<T>

/** What an outbox is made of. */
export interface OutboxOptions {
  readonly storage: OutboxStorage
  readonly send: (job: SaveJob) => Promise<SendResult>
  /** Keeps two tabs from sending at once. */
  readonly withLock: WithLock
  /** Epoch milliseconds. */
  readonly now: () => number
  /** From 0 to 1; spreads retries. */
  readonly random: () => number
  /** Told when a job that had waited is saved, or is given up. */
  readonly onSettled: (job: SaveJob, result: 'saved' | { readonly refused: string }) => void
}

/** Wrap-ups that survive a closed tab, an expired token and a dead network. */
export interface Outbox {
  /** Keeps a job. When this returns, a closed tab no longer loses it. */
  readonly add: (taskSid: string, fields: Readonly<Record<string, string>>) => void
  /** Sends what is due; one flush at a time. */
  readonly flush: () => Promise<void>
  /** What has not been saved yet, the oldest first. */
  readonly pending: () => readonly SaveJob[]
  /** What the server will never take, kept for a person to look at. */
  readonly refused: () => readonly RefusedJob[]
}

/** A job that was given up, and why. */
export interface RefusedJob extends SaveJob {
  readonly reason: string
}

const PENDING_KEY = 'caller-context.outbox'
const REFUSED_KEY = 'caller-context.outbox.refused'
const MAX_REFUSED = 20
const FIRST_DELAY_MS = 2_000
const MAX_DELAY_MS = 300_000

/** Creates an outbox over the browser's storage. Broken contents are read as empty. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { storage, now, random } = options
  const pending = (): readonly SaveJob[] => readList<SaveJob>(storage, PENDING_KEY)
  const refused = (): readonly RefusedJob[] => readList<RefusedJob>(storage, REFUSED_KEY)
  const write = (jobs: readonly SaveJob[]): void => storage.setItem(PENDING_KEY, JSON.stringify(jobs))

  const settle = async (job: SaveJob): Promise<void> => {
    const result = await options.send(job).catch((): SendResult => 'later')
    const isSame = (other: SaveJob): boolean =>
      other.taskSid === job.taskSid && other.revision === job.revision
    if (result === 'later') {
      const attempts = job.attempts + 1
      const nextAt = now() + retryDelayMs(attempts, random())
      write(pending().map((other) => (isSame(other) ? { ...other, attempts, nextAt } : other)))
      return
    }
    if (result !== 'saved') {
      const kept = [...refused(), { ...job, reason: result.refused }].slice(-MAX_REFUSED)
      storage.setItem(REFUSED_KEY, JSON.stringify(kept))
    }
    write(pending().filter((other) => !isSame(other)))
    options.onSettled(job, result)
  }

  return {
    pending,
    refused,
    add: (taskSid, fields) => {
      const others = pending().filter((job) => job.taskSid !== taskSid)
      const replaced = pending().find((job) => job.taskSid === taskSid)
      const revision = (replaced?.revision ?? 0) + 1
      write([...others, { taskSid, fields, revision, createdAt: now(), attempts: 0, nextAt: 0 }])
    },
    flush: () =>
      options.withLock(async () => {
        for (const job of pending().filter(({ nextAt }) => nextAt <= now())) await settle(job)
      }),
  }
}

/** Doubles with every attempt up to five minutes; the upper half of it is random. */
function retryDelayMs(attempts: number, random: number): number {
  const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - 1))
  return delayMs / 2 + (delayMs / 2) * random
}

function readList<T extends SaveJob>(storage: OutboxStorage, key: string): readonly T[] {
  try {
    const list: unknown = JSON.parse(storage.getItem(key) ?? '[]')
    return Array.isArray(list) ? list.filter(isJob<T>) : []
  } catch {
    return []
  }
}

function isJob<T extends SaveJob>(value: unknown): value is T {
  const job = value as Partial<SaveJob> | null
  return (
    typeof job === 'object' &&
    job !== null &&
    typeof job.taskSid === 'string' &&
    typeof job.fields === 'object' &&
    typeof job.revision === 'number' &&
    typeof job.createdAt === 'number' &&
    typeof job.attempts === 'number' &&
    typeof job.nextAt === 'number'
  )
}
