import type { Clock } from '../clock.ts'
import { blankSession, type CallSession, type CallSessions } from './session.ts'

export interface UpdateSessionOptions {
  readonly sessions: Pick<CallSessions, 'change'>
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
  await sessions.change(callSid, (kept) => ({
    session: { ...(kept ?? blankSession(callSid, clock().toISOString())), ...change },
    result: undefined,
  }))
}
