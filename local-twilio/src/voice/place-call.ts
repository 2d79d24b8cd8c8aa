import { createCall, emit, wholeSeconds } from './call.ts'
import type { CallOptions } from './call-options.ts'
import type { CallResult } from './events.ts'
import { runCall } from './run-call.ts'
import { sendStatusCallback } from './status-callback.ts'

/**
 * Places one inbound call as Twilio would: asks the voice URL for TwiML, plays it to the caller, follows where it
 * leads, and reports the end to the status callback. Webhooks are real and signed; time on the line is simulated.
 *
 * Whatever the application does, the call ends and has a result: its failures are events. Only a fault of the
 * caller or of the event listener that was passed in rejects.
 */
export async function placeCall(options: CallOptions): Promise<CallResult> {
  const call = createCall(options)
  const end = await runCall(call)
  emit(call, { kind: 'hang-up', by: end.by, reason: end.reason })
  await sendStatusCallback(call)
  return {
    callSid: options.callSid,
    outcome: end.reason === 'application-error' ? 'application-error' : 'completed',
    durationSeconds: wholeSeconds(call),
    events: call.state.events,
  }
}
