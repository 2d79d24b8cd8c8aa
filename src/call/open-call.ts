import { within, type Deadline } from '../clock.ts'
import { CallerMemoryError } from '../errors.ts'
import { beginCall, type BeginCallOptions, type BegunCall, type InboundCall } from './begin-call.ts'
import type { CallSessions } from './session.ts'

export interface OpenCallOptions extends BeginCallOptions {
  readonly sessions: Pick<CallSessions, 'open'>
  /** Until when the session may be kept. The memory has its own, shorter deadline. */
  readonly deadline: Deadline
  /** Told when the session could not be kept; the call goes on without it. */
  readonly onSessionLost: (fault: unknown) => void
}

/** Identifies the caller and keeps the call's session, within the deadline. Never throws. */
export async function openCall(call: InboundCall, options: OpenCallOptions): Promise<BegunCall> {
  const begun = await beginCall(call, options)
  const kept = within(options.deadline.remainingMs(), options.sessions.open(begun.session), () => {
    throw new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'no time left to keep the session')
  })
  await kept.catch(options.onSessionLost)
  return begun
}
