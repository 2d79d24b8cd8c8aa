import { emit, warn } from '../call.ts'
import type { Verb } from './verb.ts'

/** `<Reject>`: refuses the call unanswered and unbilled. Once the call is answered it only hangs up. */
export const reject: Verb = async (element, { call }) => {
  const given = element.attributes['reason'] ?? 'rejected'
  if (given !== 'rejected' && given !== 'busy') {
    warn(call, 12200, 'attribute "reason" of <Reject> is not rejected or busy')
  }
  const reason = given === 'busy' ? 'busy' : 'rejected'
  emit(call, { kind: 'reject', reason })
  if (!call.state.answered) {
    // TWILIO: the final status of a call that was rejected without "busy" is not documented. (observed 2026-11)
    call.state.finalStatus = reason === 'busy' ? 'busy' : 'no-answer'
  }
  return { kind: 'end', by: 'application', reason: 'rejected' }
}
