import { type Assurance, readAssurance, unverified } from '../caller/assurance.ts'
import type {
  AttestationLevel,
  Candidate,
  IdentityLevel,
  LineType,
  MemoryState,
  OpenIntent,
  Tier,
} from '../contract.ts'
import type { CallerCorrection } from '../flex-contract.ts'
import type { EarlierCall } from './earlier-call.ts'
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
  /**
   * The customer whom the memory named, once the caller has said that they are somebody else. Nothing of the call is
   * saved for that customer: `customerRef` is then the right one, or absent while nobody could tell. Empty when the
   * memory did not answer, and only an earlier call spoke for somebody.
   */
  readonly denied?: string
  /** What the memory told when the call began; absent when it told nothing. */
  readonly known?: KnownCaller
  /** How far the caller is authenticated. */
  readonly assurance: Assurance
  /** How far the network vouches for the number; absent when it does not say. */
  readonly attestation?: AttestationLevel
  /** The call was forwarded on its way, so the number may be the forwarder's. */
  readonly forwarded?: boolean
  /** Language tag that the caller hears. Absent: the default one. */
  readonly language?: string
  /** Whether the caller chose the language on this call: then it is remembered. */
  readonly languageChosen?: boolean
  /** What Lookup says of the calling number, where it was asked in time. */
  readonly lineType?: LineType
  /** Whether the number's SIM card was exchanged lately, where Lookup was asked. */
  readonly simSwapped?: boolean
  /** Whether the number went to somebody else since the customer last called, where Lookup was asked. */
  readonly reassigned?: boolean
  /** The account number that is being verified, sealed; gone as soon as that has ended. */
  readonly sealedAccount?: string | undefined
  /** Who else may be calling, on a shared number: whom an agent may choose. */
  readonly candidates?: readonly Candidate[]
  /** What an agent said of who is calling, unless it was taken back. */
  readonly correction?: SessionCorrection
  /** The name of the calling line, so that it can be forgotten: a keyed hash. */
  readonly line?: string
  /** The earlier call that this one goes on with. */
  readonly continues?: EarlierCall
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

/** A correction, whose call it was before, and what had been said until then: taking one back leads there. */
export interface SessionCorrection extends CallerCorrection {
  readonly from?: string
  readonly before?: SessionCorrection
}

/** What is to become of a session: the new one, if it changes, and what the change found out. */
export interface Revision<T> {
  readonly session?: CallSession
  readonly result: T
}

/** What the rest of a call needs of the caller's context, cut to what a session and a task can hold. */
export interface KnownCaller {
  readonly confidence: number
  readonly level: IdentityLevel
  /** Why the memory is so sure, in the API's notation. Absent in sessions of before 2026-11-20. */
  readonly sources?: readonly string[]
  readonly openIntents: readonly OpenIntent[]
  /** Remembered values by name, each at most 200 characters. */
  readonly variables: Readonly<Record<string, string>>
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

/**
 * Reads a kept session. Undefined when it is not one. What an older version did not write is filled in so that
 * nobody gains by it.
 */
export function readSession(kept: unknown): CallSession | undefined {
  if (typeof kept !== 'object' || kept === null) return undefined
  const { callSid, startedAt, tier, memory, saved } = kept as Record<string, unknown>
  const complete =
    typeof callSid === 'string' &&
    typeof startedAt === 'string' &&
    typeof saved === 'boolean' &&
    TIERS.has(tier) &&
    MEMORY_STATES.has(memory)
  if (!complete) return undefined
  return { ...(kept as CallSession), assurance: readAssurance((kept as CallSession).assurance) }
}

/** The session of a call whose beginning was not kept, because its keeper was away. */
export function blankSession(callSid: string, startedAt: string): CallSession {
  return {
    callSid,
    startedAt,
    tier: 'new',
    memory: 'unavailable',
    assurance: unverified('not_asked'),
    saved: false,
  }
}
