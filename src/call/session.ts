import type { MemoryState, Tier } from '../contract.ts'
import type { CallSaves } from './saving/call-saves.ts'

/**
 * What one call has come to so far, kept between its webhooks.
 *
 * It holds no phone number: every webhook brings the number itself.
 */
export interface CallSession {
  readonly callSid: string
  /** When the first webhook came, ISO-8601 UTC. */
  readonly startedAt: string
  readonly tier: Tier
  readonly memory: MemoryState
  /** The customer that the memory named; carried to the end of the call. */
  readonly customerRef?: string
  /** What the call is about, as a label. */
  readonly intent?: string
  /** What the caller said it is about, in their words. At most 500 characters. */
  readonly said?: string
  /** Recording of the message that the caller left. */
  readonly voicemailSid?: string
  /** Whether the memory has acknowledged the final record of this call. */
  readonly saved: boolean
  /** Who has the call, and what was saved of it. Absent until its end or an agent is known. */
  readonly saves?: CallSaves
}

/** What is to become of a session: the new one, if it changes, and what the change found out. */
export interface Revision<T> {
  readonly session?: CallSession
  readonly result: T
}

/**
 * Keeps sessions for as long as a call may last.
 *
 * Every method throws CM_SESSION_UNAVAILABLE when the keeper cannot be reached in time.
 */
export interface CallSessions {
  /** Keeps a new session. A repeated first webhook changes nothing of what came after it. */
  readonly open: (session: CallSession) => Promise<void>
  /** The session of a call; undefined when there is none, or none any more. */
  readonly load: (callSid: string) => Promise<CallSession | undefined>
  /**
   * Changes a session, or makes it, as a whole: of two writers at the same time one goes first, and the
   * other's `revise` is called again with what the first one left. It must be free of side effects.
   */
  readonly change: <T>(callSid: string, revise: (kept: CallSession | undefined) => Revision<T>) => Promise<T>
  /** Sessions in no particular order, a page at a time; the token leads to the next page, if there is one. */
  readonly list: (pageToken?: string) => Promise<SessionPage>
}

/** One page of sessions. */
export interface SessionPage {
  readonly sessions: readonly CallSession[]
  readonly nextPageToken?: string
}

const TIERS: ReadonlySet<unknown> = new Set<Tier>(['recognized', 'likely', 'possible', 'new'])
const MEMORY_STATES: ReadonlySet<unknown> = new Set<MemoryState>(['available', 'unavailable', 'not_asked'])

/** Reads a kept session. Undefined when it is not one, for example written by an older version. */
export function readSession(kept: unknown): CallSession | undefined {
  if (typeof kept !== 'object' || kept === null) return undefined
  const { callSid, startedAt, tier, memory, saved } = kept as Record<string, unknown>
  const complete =
    typeof callSid === 'string' &&
    typeof startedAt === 'string' &&
    typeof saved === 'boolean' &&
    TIERS.has(tier) &&
    MEMORY_STATES.has(memory)
  return complete ? (kept as CallSession) : undefined
}

/** The session of a call whose beginning was not kept, because its keeper was away. */
export function blankSession(callSid: string, startedAt: string): CallSession {
  return { callSid, startedAt, tier: 'new', memory: 'unavailable', saved: false }
}
