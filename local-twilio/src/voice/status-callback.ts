import type { Call } from './call.ts'
import { wholeSeconds } from './call.ts'
import { deliverWebhook } from './deliver-webhook.ts'

/**
 * Tells the number's status callback that the call has ended, once. How it answers is an event and nothing more: the
 * call is over. Twilio retries only what the URL's connection overrides ask for.
 */
export async function sendStatusCallback(call: Call): Promise<void> {
  const { statusCallbackUrl, clock } = call.options
  if (statusCallbackUrl === undefined) return
  const seconds = wholeSeconds(call)
  await deliverWebhook(call, {
    purpose: 'status',
    url: statusCallbackUrl,
    method: 'POST',
    callStatus: call.state.finalStatus,
    params: {
      CallDuration: String(seconds),
      // Minutes that have begun: the unit that Twilio bills.
      Duration: String(Math.ceil(seconds / 60)),
      Timestamp: clock().toUTCString().replace('GMT', '+0000'),
      CallbackSource: 'call-progress-events',
      SequenceNumber: '0',
    },
  })
}
