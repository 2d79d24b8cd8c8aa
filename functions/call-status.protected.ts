import { saveEndedCall } from '../src/call/save-ended-call.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import type { RuntimeHandler } from '../src/twilio/runtime.ts'
import { parseEndedCall } from '../src/twilio/webhook.ts'

/**
 * The number's status callback: saves the call for the next one. A save that failed is answered 503, so that
 * Twilio's own retries (connection overrides `rc`, `rp` on the callback URL) send it again.
 */
export const handler: RuntimeHandler = defineFunction({
  name: 'call-status',
  services: createServiceBuilder(),
  fallback: { status: 503 },
  answer: async (event, { memory, sessions }, log) => {
    const ended = parseEndedCall(event)
    if (!ended) return { status: 204 }
    const outcome = await saveEndedCall(ended, { memory, sessions })
    for (const fault of outcome.faults) reportFault(log, 'fault while saving the call', fault)
    log(outcome.kind === 'failed' ? 'error' : 'info', `call ${outcome.kind}`)
    return { status: outcome.kind === 'failed' ? 503 : 204 }
  },
})
