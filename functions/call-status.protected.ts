import { saveEndedCall } from '../src/call/saving/save-ended-call.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction } from '../src/twilio/define-function.ts'
import type { RuntimeHandler } from '../src/twilio/runtime.ts'
import { answerSave, BACKGROUND_TIMEOUT_MS } from '../src/twilio/save-reply.ts'
import { parseEndedCall } from '../src/twilio/webhook.ts'

/** The number's status callback: saves the call for the next one, unless an agent took it. */
export const handler: RuntimeHandler = defineFunction({
  name: 'call-status',
  services: createServiceBuilder(),
  fallback: { status: 503 },
  timeoutMs: BACKGROUND_TIMEOUT_MS,
  answer: async (event, services, log) => {
    const ended = parseEndedCall(event)
    if (!ended) return { status: 204 }
    return answerSave(await saveEndedCall(ended, services), log, services)
  },
})
