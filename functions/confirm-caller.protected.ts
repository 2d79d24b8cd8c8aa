import { answerQuestion } from '../src/twilio/answer-question.ts'
import { createServiceBuilder } from '../src/services.ts'
import { confirmCallerAnswer, NOTHING_KNOWN } from '../src/twilio/caller-context-answer.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { jsonReply, type RuntimeHandler } from '../src/twilio/runtime.ts'
import {
  parseAskedQuestion,
  parseCallerInput,
  parseInboundCall,
  parseNumberShown,
} from '../src/twilio/webhook.ts'

/** Takes the answer to get-caller-context's question: by key or speech, yes, no, or what the call is about. */
export const handler: RuntimeHandler = defineFunction({
  name: 'confirm-caller',
  services: createServiceBuilder(),
  fallback: jsonReply(confirmCallerAnswer(NOTHING_KNOWN, 'unclear')),
  answer: async (event, services, log) => {
    const given = {
      call: parseInboundCall(event),
      ...parseAskedQuestion(event),
      ...parseCallerInput(event),
    }
    const report = (message: string, fault: unknown): void => reportFault(log, message, fault)
    const { session, settled, speaker } = await answerQuestion(given, { ...services, report })
    const { flow } = speaker
    const { tier, topic, context, confirmed } = settled
    log('info', 'caller answered', { tier, memory: session.memory })
    const shown = { session: { ...session, tier }, flow, from: parseNumberShown(event), ...topic }
    const said = { context, greeting: [speaker.texts.thanks], prompt: speaker.texts.ask }
    return jsonReply(confirmCallerAnswer({ ...shown, ...said }, confirmed))
  },
})
