import { type Clock, within } from '../clock.ts'
import type { CallSession, CallSessions } from './session.ts'

/** An earlier call from the same number that no agent took, as far as the next one goes on with it. */
export interface EarlierCall {
  /** When it began, ISO-8601 UTC. */
  readonly startedAt: string
  /** The customer that the memory named. */
  readonly customerRef?: string
  /** What it was about, as a label. */
  readonly intent?: string
  /** What the caller said it is about, in their words. */
  readonly said?: string
  /** Language tag that the caller heard. */
  readonly language?: string
  /** Whether the memory has its record, so that there is nothing to add to what the memory says. */
  readonly saved: boolean
}

/**
 * Knows which call came last from a line. Lines are named by a keyed hash of their number.
 *
 * Every method but `nameOf` throws CM_SESSION_UNAVAILABLE when the keeper cannot be reached in time.
 */
export interface CallerLines {
  /** The name of a number's line, of no use to anybody without the key. */
  readonly nameOf: (e164: string) => string
  /** The CallSid of the latest call; undefined when there is none, or none any more. */
  readonly latestCall: (line: string) => Promise<string | undefined>
  readonly noteCall: (line: string, callSid: string) => Promise<void>
  readonly forget: (line: string) => Promise<void>
}

export interface EarlierCallPorts {
  readonly lines: Pick<CallerLines, 'nameOf' | 'latestCall'>
  readonly sessions: Pick<CallSessions, 'load'>
  readonly clock: Clock
  /** Longest to look for it; the call then begins without. */
  readonly timeoutMs: number
}

// What somebody wanted longer ago is for the memory to tell.
const LONGEST_AGO_MS = 86_400_000

/** Finds the earlier call that a call from a number goes on with. Never throws. */
export async function findEarlierCall(
  e164: string,
  callSid: string,
  { lines, sessions, clock, timeoutMs }: EarlierCallPorts,
): Promise<EarlierCall | undefined> {
  const find = async (): Promise<EarlierCall | undefined> => {
    const latest = await lines.latestCall(lines.nameOf(e164))
    const session = latest && (await sessions.load(latest))
    if (!session) return undefined
    // The first webhook of the same call once more: what it went on with then.
    const earlier = session.callSid === callSid ? session.continues : earlierCallOf(session)
    const isRecent = earlier && clock().getTime() - Date.parse(earlier.startedAt) < LONGEST_AGO_MS
    return isRecent ? earlier : undefined
  }
  return within(timeoutMs, find(), () => undefined).catch(() => undefined)
}

/**
 * What a call leaves to the next one. Nothing when an agent took it, when the memory refused its record (as that of
 * somebody forgotten), when several people share the line, or when nobody ever said what it was about. A caller who said nothing went on with the call before.
 */
function earlierCallOf(session: CallSession): EarlierCall | undefined {
  const { startedAt, customerRef, intent, said, language, saved, continues } = session
  if (!isUnfinished(session)) return undefined
  if (intent === undefined && said === undefined) return continues
  return {
    startedAt,
    saved,
    ...(customerRef && { customerRef }),
    ...(intent && { intent }),
    ...(said && { said }),
    ...(language && { language }),
  }
}

function isUnfinished({ candidates = [], saves, denied }: CallSession): boolean {
  // Who is next on the line may be the very customer whom this caller was not.
  if (denied !== undefined) return false
  const isRefused = saves?.parts.some(({ state }) => state === 'refused') ?? false
  return (saves?.agents ?? []).length === 0 && candidates.length === 0 && !isRefused
}
