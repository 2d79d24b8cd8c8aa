import type { Clock } from '../clock.ts'
import type { CallSession, CallSessions } from './session.ts'

export interface UpdateSessionOptions {
  readonly sessions: CallSessions
  readonly clock: Clock
}

/**
 * Changes the session of a call. Where none was kept, because its keeper was away when the call began, the
 * change goes into a blank one, so that what the caller said is not lost.
 *
 * @throws CM_SESSION_UNAVAILABLE
 */
export async function updateSession(
  callSid: string,
  change: Partial<CallSession>,
  { sessions, clock }: UpdateSessionOptions,
): Promise<void> {
  const kept = await sessions.load(callSid)
  await sessions.save({ ...(kept ?? blankSession(callSid, clock)), ...change })
}

function blankSession(callSid: string, clock: Clock): CallSession {
  return { callSid, startedAt: clock().toISOString(), tier: 'new', memory: 'unavailable', saved: false }
}
