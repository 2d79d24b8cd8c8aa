import { createServiceBuilder } from '../src/services.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { type RuntimeHandler, twimlReply } from '../src/twilio/runtime.ts'
import { parseCallSid, parseQueueSeconds } from '../src/twilio/webhook.ts'
import { BUILT_IN_CALL_FLOW } from '../src/voice/built-in-call-flow.ts'
import { wait } from '../src/voice/queue-steps.ts'
import { speakerFor } from '../src/voice/speaker.ts'
import { renderTwiml } from '../src/voice/twiml.ts'

const NEUTRAL = speakerFor(BUILT_IN_CALL_FLOW)

/** What callers hear while they wait for an agent. */
export const handler: RuntimeHandler = defineFunction({
  name: 'queue-wait',
  services: createServiceBuilder(),
  fallback: twimlReply(renderTwiml(NEUTRAL, wait(NEUTRAL, undefined, 0))),
  answer: async (event, { flow, sessions }, log) => {
    const report = (error: unknown): void => reportFault(log, 'session not at hand', error)
    const session = (await sessions.load(parseCallSid(event)).catch(report)) ?? undefined
    const speaker = speakerFor(flow, session?.language)
    return twimlReply(renderTwiml(speaker, wait(speaker, session?.intent, parseQueueSeconds(event))))
  },
})
