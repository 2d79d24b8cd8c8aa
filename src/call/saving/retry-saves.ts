import type { Deadline } from '../../clock.ts'
import { asCallerMemoryError, CallerMemoryError } from '../../errors.ts'
import type { CallSessions } from '../session.ts'
import { type Delivery, deliverRecord } from './deliver-record.ts'
import { backOffMs, type PendingCount, type PendingEntry, type PendingSaves } from './pending-saves.ts'
import { notePart, type SavingPorts } from './save-call.ts'
import { openRecord } from './seal.ts'

/** What a round of retries did. */
export interface RetryCounts extends PendingCount {
  readonly landed: number
  readonly failed: number
  /** Saves of customers who were forgotten meanwhile. */
  readonly dropped: number
}

export interface RetryPorts extends Omit<SavingPorts, 'pending' | 'sessions'> {
  readonly pending: PendingSaves
  readonly sessions: Pick<CallSessions, 'change'>
}

export interface RetryBounds {
  /** Most saves that are tried. */
  readonly limit: number
  /** No save is begun after it. */
  readonly deadline: Deadline
  /** Whether those that were set aside are tried as well. */
  readonly setAside?: boolean
}

interface Round {
  readonly counts: { -readonly [Key in keyof RetryCounts]: RetryCounts[Key] }
  /** Customers with a save that has to wait: their later ones wait too, so that the order is kept. */
  readonly waiting: Set<string>
  tried: number
  memoryIsAway: boolean
}

/**
 * Tries the pending saves that are due, the oldest first and each customer's in order. Stops at the first one
 * that finds the memory away, so that an outage costs one request a round.
 *
 * @throws CM_SESSION_UNAVAILABLE when the list cannot be read.
 */
export async function retryPendingSaves(ports: RetryPorts, bounds: RetryBounds): Promise<RetryCounts> {
  const counts = { pending: 0, set_aside: 0, more: false, landed: 0, failed: 0, dropped: 0 }
  const round: Round = { counts, waiting: new Set(), tried: 0, memoryIsAway: false }
  let pageToken: string | undefined
  do {
    const page = await ports.pending.list(pageToken)
    for (const entry of page.entries) await retryOne(entry, round, ports, bounds)
    pageToken = page.nextPageToken
    if (pageToken !== undefined && isSpent(round, bounds)) return { ...counts, more: true }
  } while (pageToken !== undefined)
  return counts
}

function isSpent({ tried, memoryIsAway }: Round, { limit, deadline }: RetryBounds): boolean {
  return memoryIsAway || tried >= limit || deadline.remainingMs() === 0
}

async function retryOne(
  entry: PendingEntry,
  round: Round,
  ports: RetryPorts,
  bounds: RetryBounds,
): Promise<void> {
  const { counts, waiting } = round
  const owner = entry.save.customer_ref ?? entry.save.call_id.slice(0, CALL_SID_LENGTH)
  const isAside = entry.save.set_aside === true && bounds.setAside !== true
  const isDue = Date.parse(entry.save.next_attempt_at) <= ports.clock().getTime()
  if (isAside || !isDue || waiting.has(owner) || isSpent(round, bounds)) {
    if (!isAside) waiting.add(owner)
    counts[entry.save.set_aside ? 'set_aside' : 'pending'] += 1
    return
  }
  round.tried += 1
  const delivery = await redeliver(entry, ports)
  count(delivery, counts)
  if (delivery.kind === 'landed' || delivery.kind === 'forgotten') return
  waiting.add(owner)
  round.memoryIsAway ||= delivery.kind === 'deferred'
}

function count({ kind }: Delivery, counts: Round['counts']): void {
  if (kind === 'landed') counts.landed += 1
  else if (kind === 'forgotten') counts.dropped += 1
  else {
    counts.failed += 1
    counts[kind === 'refused' ? 'set_aside' : 'pending'] += 1
  }
}

const CALL_SID_LENGTH = 34

async function redeliver({ id, revision, save }: PendingEntry, ports: RetryPorts): Promise<Delivery> {
  const opened = openRecord(save, ports.sealer)
  const delivery: Delivery = opened
    ? await deliverRecord(opened, ports.memory)
    : { kind: 'refused', fault: unreadable() }
  const entry = { id, revision, save }
  if (delivery.kind === 'landed' || delivery.kind === 'forgotten') {
    // First the list, which decides; what the session says of it is only shown.
    await ports.pending.remove(entry)
    const state = delivery.kind === 'landed' ? 'landed' : 'refused'
    await notePart(save.call_id.slice(0, CALL_SID_LENGTH), save.call_id, state, delivery, ports)
    return delivery
  }
  const now = ports.clock().getTime()
  const attempts = save.attempts + 1
  const { set_aside: _, ...rest } = save
  await ports.pending.replace(entry, {
    ...rest,
    attempts,
    next_attempt_at: new Date(now + backOffMs(attempts, ports.random())).toISOString(),
    reason: delivery.fault.code,
    ...(delivery.kind === 'refused' && { set_aside: true }),
  })
  return delivery
}

function unreadable(): CallerMemoryError {
  return new CallerMemoryError('CM_SAVE_UNREADABLE', 'no key opens the pending save')
}

const MOST_PAGES = 10

/**
 * Counts the pending saves, up to ten pages of them.
 *
 * @throws CM_SESSION_UNAVAILABLE
 */
export async function countPendingSaves(pending: Pick<PendingSaves, 'list'>): Promise<PendingCount> {
  let pageToken: string | undefined
  let [waiting, setAside] = [0, 0]
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { entries, nextPageToken } = await pending.list(pageToken)
    const aside = entries.filter(({ save }) => save.set_aside).length
    setAside += aside
    waiting += entries.length - aside
    pageToken = nextPageToken
    if (pageToken === undefined) return { pending: waiting, set_aside: setAside, more: false }
  }
  return { pending: waiting, set_aside: setAside, more: true }
}

/** The same, for those who can do without: undefined and the fault when it cannot be had. */
export async function retryInPassing(
  ports: RetryPorts,
  bounds: RetryBounds,
): Promise<{ readonly counts?: RetryCounts; readonly fault?: CallerMemoryError }> {
  try {
    return { counts: await retryPendingSaves(ports, bounds) }
  } catch (error) {
    return { fault: asCallerMemoryError(error) }
  }
}
