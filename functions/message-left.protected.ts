import { saveOn } from '../src/call/saving/save-call.ts'
import { updateSession } from '../src/call/update-session.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction } from '../src/twilio/define-function.ts'
import type { RuntimeHandler } from '../src/twilio/runtime.ts'
import { answerSave, BACKGROUND_TIMEOUT_MS } from '../src/twilio/save-reply.ts'
import { parseCallSid, parseRecording } from '../src/twilio/webhook.ts'

/** The status callback of a Studio flow's voicemail: notes the message, and saves a call that nobody took. */
export const handler: RuntimeHandler = defineFunction({
  name: 'message-left',
  services: createServiceBuilder(),
  fallback: { status: 503 },
  timeoutMs: BACKGROUND_TIMEOUT_MS,
  answer: async (event, services, log) => {
    const callSid = parseCallSid(event)
    const voicemailSid = parseRecording(event)
    if (voicemailSid === undefined) return { status: 204 }
    await updateSession(callSid, { voicemailSid }, services)
    const outcome = await saveOn({ callSid, mayOpen: true }, { kind: 'message-left', voicemailSid }, services)
    return answerSave(outcome, log, services)
  },
})
