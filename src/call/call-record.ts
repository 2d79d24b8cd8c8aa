import type { Ani } from '../caller/ani.ts'
import type { CallRecord } from '../memory/caller-memory.ts'
import type { CallSession } from './session.ts'

/** A call that is over, as Twilio's status callback describes it. */
export interface EndedCall {
  readonly callSid: string
  readonly ani: Ani
  readonly durationSeconds: number
}

/** What the call was about when nobody said. It is not kept open: there is nothing to go on with. */
export const UNNAMED_INTENT = 'general_inquiry'

/**
 * What to remember of a call, or undefined when there is nobody to remember it for: a withheld caller, or
 * something that is no number.
 *
 * The same call gives the same record every time, so that a repeated callback replays the save instead of
 * contradicting it. Without a session the number alone finds the customer.
 */
export function recordOf(ended: EndedCall, session: CallSession | undefined): CallRecord | undefined {
  const who = customerOf(ended, session)
  if (!who) return undefined
  return {
    callSid: ended.callSid,
    ...who,
    intent: session?.intent ?? UNNAMED_INTENT,
    // Nobody has dealt with the matter when no agent took the call: it stays open for the next one.
    intentStatus: session?.intent || session?.said ? 'open' : 'abandoned',
    variables: variablesOf(ended, session),
  }
}

function customerOf({ ani }: EndedCall, session: CallSession | undefined): Partial<CallRecord> | undefined {
  if (session?.customerRef) return { customerRef: session.customerRef }
  return ani.kind === 'number' ? { ani: ani.e164 } : undefined
}

function variablesOf(ended: EndedCall, session: CallSession | undefined): Record<string, string> {
  return {
    call_duration_seconds: String(ended.durationSeconds),
    ...(session && { call_date: session.startedAt }),
    ...(session?.said && { last_issue: session.said }),
    ...(session?.voicemailSid && { voicemail_sid: session.voicemailSid }),
  }
}
