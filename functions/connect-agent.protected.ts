import { updateSession } from '../src/call/update-session.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { type RuntimeHandler, twimlReply } from '../src/twilio/runtime.ts'
import { parseCallerInput, parseCallSid } from '../src/twilio/webhook.ts'
import { askForMessage, messageKept } from '../src/voice/voicemail.ts'
import { renderTwiml } from '../src/voice/twiml.ts'

/** Takes a message, because no queue is connected yet, and notes its recording with the call. */
export const handler: RuntimeHandler = defineFunction({
  name: 'connect-agent',
  services: createServiceBuilder(),
  fallback: twimlReply(renderTwiml(askForMessage())),
  answer: async (event, { sessions, clock }, log) => {
    const { recordingSid } = parseCallerInput(event)
    if (!recordingSid) return twimlReply(renderTwiml(askForMessage()))
    const noted = updateSession(parseCallSid(event), { voicemailSid: recordingSid }, { sessions, clock })
    await noted.catch((error: unknown) => reportFault(log, 'message not kept with the call', error))
    log('info', 'message left')
    return twimlReply(renderTwiml(messageKept()))
  },
})
