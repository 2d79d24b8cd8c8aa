/** One wrap-up that has to reach the server. */
export interface SaveJob {
  /** Sent as it is; a repeated send of the same job must be harmless on the server. */
  readonly fields: Readonly<Record<string, string>>
  /** What it is the save of: a reservation, for a task may have several agents. A key has one job, the newest. */
  readonly key: string
  /** Counts the jobs that this key had while one of them was unsent, from 1. */
  readonly revision: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  readonly attempts: number
  /** Not sent again before this time, epoch milliseconds. */
  readonly nextAt: number
}

/** What a job came to: it is saved, the server keeps it and goes on trying, or it will never be taken. */
export type Settled = 'saved' | 'kept' | { readonly refused: string }

/** What came of a send. `later`: it may be tried again. */
export type SendResult = Settled | 'later'

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
}

/** Wrap-ups that survive a closed tab, an expired token and a dead network. */
export interface Outbox {
  /** Keeps a job. When this returns, a closed tab no longer loses it. */
  readonly add: (key: string, fields: Readonly<Record<string, string>>) => void
  /** Sends what is due; one flush at a time. */
  readonly flush: () => Promise<void>
  /** What has not been saved yet, the oldest first. */
  readonly pending: () => readonly SaveJob[]
  /** What the server does not take, kept for a person to look at. */
  readonly refused: () => readonly RefusedJob[]
  /** Gives refused jobs another chance. Call flush afterwards. */
  readonly retryRefused: () => void
  /** Throws refused jobs away. */
  readonly discardRefused: () => void
  /** What became of the newest job of a key. */
  readonly stateOf: (key: string) => 'waits' | Settled
  /** Told whenever a job settles, in this tab. */
  readonly onSettled: (listener: (job: SaveJob, result: Settled) => void) => void
  readonly subscribe: (listener: () => void) => () => void
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
  const listeners = new Set<() => void>()
  const settledListeners = new Set<(job: SaveJob, result: Settled) => void>()
  const results = new Map<string, Settled>()
  const pending = (): readonly SaveJob[] => readJobs(storage, PENDING_KEY)
  const refused = (): readonly RefusedJob[] => readJobs(storage, REFUSED_KEY).filter(isRefused)
  const write = (key: string, jobs: readonly SaveJob[]): void => {
    storage.setItem(key, JSON.stringify(jobs))
    for (const listener of listeners) listener()
  }
  const postpone = (job: SaveJob): void => {
    const attempts = job.attempts + 1
    const nextAt = now() + retryDelayMs(attempts, random())
    const later = pending().map((other) => (isSame(other, job) ? { ...other, attempts, nextAt } : other))
    write(PENDING_KEY, later)
  }
  const settle = async (job: SaveJob): Promise<void> => {
    const result = await options.send(job).catch((): SendResult => 'later')
    if (result === 'later') return postpone(job)
    if (typeof result === 'object') {
      write(REFUSED_KEY, [...refused(), { ...job, reason: result.refused }].slice(-MAX_REFUSED))
    }
    results.set(job.key, result)
    write(
      PENDING_KEY,
      pending().filter((other) => !isSame(other, job)),
    )
    for (const listener of settledListeners) listener(job, result)
  }
  return {
    pending,
    refused,
    add: (key, fields) => {
      const others = pending().filter((job) => job.key !== key)
      const revision = (pending().find((job) => job.key === key)?.revision ?? 0) + 1
      results.delete(key)
      write(PENDING_KEY, [...others, { key, fields, revision, createdAt: now(), attempts: 0, nextAt: 0 }])
    },
    flush: () =>
      options.withLock(async () => {
        for (const job of pending().filter(({ nextAt }) => nextAt <= now())) await settle(job)
      }),
    retryRefused: () => {
      const again = refused().map(({ reason: _reason, ...job }) => ({ ...job, attempts: 0, nextAt: 0 }))
      const newer = new Set(pending().map(({ key }) => key))
      write(REFUSED_KEY, [])
      write(PENDING_KEY, [...pending(), ...again.filter(({ key }) => !newer.has(key))])
    },
    discardRefused: () => write(REFUSED_KEY, []),
    // A job that another tab has sent is neither here nor there: then it is saved.
    stateOf: (key) => (pending().some((job) => job.key === key) ? 'waits' : (results.get(key) ?? 'saved')),
    onSettled: (listener) => void settledListeners.add(listener),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function isSame(one: SaveJob, other: SaveJob): boolean {
  return one.key === other.key && one.revision === other.revision
}

/** Doubles with every attempt up to five minutes; the upper half of it is random. */
function retryDelayMs(attempts: number, random: number): number {
  const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - 1))
  return delayMs / 2 + (delayMs / 2) * random
}

function readJobs(storage: OutboxStorage, key: string): readonly SaveJob[] {
  try {
    const list: unknown = JSON.parse(storage.getItem(key) ?? '[]')
    return Array.isArray(list) ? list.filter(isJob) : []
  } catch {
    return []
  }
}

function isRefused(job: SaveJob): job is RefusedJob {
  return 'reason' in job && typeof job.reason === 'string'
}

function isJob(value: unknown): value is SaveJob {
  const job = value as Partial<SaveJob> | null
  return (
    typeof job === 'object' &&
    job !== null &&
    typeof job.key === 'string' &&
    typeof job.fields === 'object' &&
    job.fields !== null &&
    typeof job.revision === 'number' &&
    typeof job.createdAt === 'number' &&
    typeof job.attempts === 'number' &&
    typeof job.nextAt === 'number'
  )
}
