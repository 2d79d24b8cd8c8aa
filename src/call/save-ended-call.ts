import { asCallerMemoryError, type CallerMemoryError } from '../errors.ts'
import type { CallerMemory } from '../memory/caller-memory.ts'
import { type EndedCall, recordOf } from './call-record.ts'
import type { CallSession, CallSessions } from './session.ts'

/** What became of a call's record, and the faults met on the way. */
export interface SaveOutcome {
  /** `not-kept`: there is nobody to remember it for. */
  readonly kind: 'saved' | 'saved-before' | 'not-kept' | 'failed'
  readonly faults: readonly CallerMemoryError[]
}

export interface SaveEndedCallOptions {
  readonly memory: Pick<CallerMemory, 'endCall'>
  readonly sessions: CallSessions
}

/**
 * Saves a call that is over. Never throws. A repeated callback changes nothing: the session says that the
 * call is saved, and the memory replays the same record. Without its session a call is saved by its number.
 */
export async function saveEndedCall(ended: EndedCall, options: SaveEndedCallOptions): Promise<SaveOutcome> {
  const { memory, sessions } = options
  const { session, faults } = await loadSession(ended.callSid, sessions)
  if (session?.saved) return { kind: 'saved-before', faults }
  const record = recordOf(ended, session)
  if (!record) return { kind: 'not-kept', faults }
  try {
    await memory.endCall(record)
  } catch (error) {
    return { kind: 'failed', faults: [...faults, asCallerMemoryError(error)] }
  }
  return { kind: 'saved', faults: [...faults, ...(await markSaved(session, sessions))] }
}

interface LoadedSession {
  readonly session?: CallSession
  readonly faults: readonly CallerMemoryError[]
}

async function loadSession(callSid: string, sessions: CallSessions): Promise<LoadedSession> {
  try {
    const session = await sessions.load(callSid)
    return { ...(session && { session }), faults: [] }
  } catch (error) {
    return { faults: [asCallerMemoryError(error)] }
  }
}

async function markSaved(
  session: CallSession | undefined,
  sessions: CallSessions,
): Promise<readonly CallerMemoryError[]> {
  try {
    if (session) await sessions.save({ ...session, saved: true })
    return []
  } catch (error) {
    // The memory has the record; a repeated callback will replay it there.
    return [asCallerMemoryError(error)]
  }
}
