import { within, type Deadline } from '../clock.ts'
import { CallerMemoryError } from '../errors.ts'
import {
  beginCall,
  type BeginCallOptions,
  type BegunCall,
  type InboundCall,
  isOwnLine,
} from './begin-call.ts'
import type { CallerLines } from './earlier-call.ts'
import type { CallSession, CallSessions } from './session.ts'

export interface OpenCallOptions extends BeginCallOptions {
  readonly sessions: Pick<CallSessions, 'open'>
  readonly lines: Pick<CallerLines, 'nameOf' | 'noteCall'>
  /** Until when the session may be kept. The memory has its own, shorter deadline. */
  readonly deadline: Deadline
  /** Told when the session could not be kept; the call goes on without it. */
  readonly onSessionLost: (fault: unknown) => void
}

/** Identifies the caller and keeps the call's session, within the deadline. Never throws. */
export async function openCall(call: InboundCall, options: OpenCallOptions): Promise<BegunCall> {
  const begun = await beginCall(call, options)
  const kept = within(options.deadline.remainingMs(), keep(call, begun.session, options), () => {
    throw new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'no time left to keep the session')
  })
  await kept.catch(options.onSessionLost)
  return begun
}

/** Keeps the session, and that it is the latest one of its line: that a next call may go on with it. */
async function keep(
  { ani, ...call }: InboundCall,
  session: CallSession,
  { sessions, lines }: OpenCallOptions,
): Promise<void> {
  if (ani.kind !== 'number' || !isOwnLine({ ani, ...call })) return sessions.open(session)
  const line = lines.nameOf(ani.e164)
  await Promise.all([sessions.open({ ...session, line }), lines.noteCall(line, session.callSid)])
}
