import type { ErrorCode } from '../../errors.ts'
import type { KeptRecord } from './call-saves.ts'

/** A save that the memory has not taken yet. */
export interface PendingSave extends KeptRecord {
  /** Since when it waits, ISO-8601 UTC. */
  readonly kept_at: string
  /** How often it was tried. */
  readonly attempts: number
  /** When it is to be tried again, ISO-8601 UTC. */
  readonly next_attempt_at: string
  /** The latest fault. */
  readonly reason: ErrorCode
  /** The memory will never take it as it is: it is not tried again, and waits for a person. */
  readonly set_aside?: boolean
}

/** A pending save with its place in the list. */
export interface PendingEntry {
  readonly id: string
  /** Changes with every change of the entry. */
  readonly revision: string
  readonly save: PendingSave
}

/** One page of pending saves, the oldest first. */
export interface PendingPage {
  readonly entries: readonly PendingEntry[]
  readonly nextPageToken?: string
}

/**
 * The list of saves that wait for the memory.
 *
 * Every method throws CM_SESSION_UNAVAILABLE when the keeper cannot be reached in time.
 */
export interface PendingSaves {
  readonly add: (save: PendingSave) => Promise<void>
  readonly list: (pageToken?: string) => Promise<PendingPage>
  /** Nothing happens when somebody else changed or removed the entry first. */
  readonly replace: (entry: PendingEntry, save: PendingSave) => Promise<void>
  /** Nothing happens when it is gone. */
  readonly remove: (entry: PendingEntry) => Promise<void>
}

/** How many saves wait. */
export interface PendingCount {
  readonly pending: number
  readonly set_aside: number
  /** Whether there are more than were counted. */
  readonly more: boolean
}

const FIRST_WAIT_MS = 15_000
const LONGEST_WAIT_MS = 15 * 60_000

/**
 * How long to wait after an attempt that failed: twice as long each time, up to 15 minutes, and anywhere
 * between half of it and all of it, so that the saves of an outage do not all come back at once.
 *
 * @param random From 0 to 1.
 */
export function backOffMs(attempts: number, random: number): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 10))
  return Math.round(whole / 2 + (whole / 2) * random)
}
