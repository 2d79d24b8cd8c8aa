import { updateSession } from '../src/call/update-session.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { type RuntimeHandler, twimlReply } from '../src/twilio/runtime.ts'
import { parseCallerInput, parseCallSid, parseCount } from '../src/twilio/webhook.ts'
import { readMenuAnswer } from '../src/voice/menu.ts'
import { askTopic, skipMenu, thankForTopic } from '../src/voice/menu-steps.ts'
import { renderTwiml } from '../src/voice/twiml.ts'

/** Asks what the call is about, by key or speech, at most twice; then leads on. */
export const handler: RuntimeHandler = defineFunction({
  name: 'next-step',
  services: createServiceBuilder(),
  fallback: twimlReply(renderTwiml(skipMenu())),
  answer: async (event, { sessions, clock }, log) => {
    const { digits, speech } = parseCallerInput(event)
    const answer = readMenuAnswer(digits, speech)
    if (answer.kind === 'nothing' || answer.kind === 'unknown-key') {
      const understood = answer.kind === 'nothing'
      return twimlReply(renderTwiml(askTopic(parseCount(event, 'asked'), understood)))
    }
    const { kind, ...topic } = answer
    const noted = updateSession(parseCallSid(event), topic, { sessions, clock })
    await noted.catch((error: unknown) => reportFault(log, 'topic not kept', error))
    log('info', 'topic understood', { intent: kind === 'said' ? 'spoken' : 'menu' })
    return twimlReply(renderTwiml(thankForTopic()))
  },
})
