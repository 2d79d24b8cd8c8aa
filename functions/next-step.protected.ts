import { blankSession } from '../src/call/session.ts'
import { updateSession } from '../src/call/update-session.ts'
import { skipsVerification } from '../src/caller/assurance.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { type RuntimeHandler, twimlReply } from '../src/twilio/runtime.ts'
import { parseCallerInput, parseCallSid, parseCount, parseWord } from '../src/twilio/webhook.ts'
import { BUILT_IN_CALL_FLOW } from '../src/voice/built-in-call-flow.ts'
import { skipMenu } from '../src/voice/menu-steps.ts'
import { takeTopicTurn } from '../src/voice/next-step.ts'
import { speakerFor } from '../src/voice/speaker.ts'
import { renderTwiml } from '../src/voice/twiml.ts'

/** Asks what the call is about, by key or speech, each question at most twice; then leads on. */
export const handler: RuntimeHandler = defineFunction({
  name: 'next-step',
  services: createServiceBuilder(),
  fallback: twimlReply(renderTwiml(speakerFor(BUILT_IN_CALL_FLOW), skipMenu())),
  answer: async (event, { config, flow, sessions, clock }, log) => {
    const callSid = parseCallSid(event)
    const report = (error: unknown): void => reportFault(log, 'session not at hand', error)
    const session =
      (await sessions.load(callSid).catch(report)) ?? blankSession(callSid, clock().toISOString())
    const { tier, known, language, assurance } = session
    const { speaker, steps, learned } = takeTopicTurn({
      speaker: speakerFor(flow, language),
      tier,
      ...(known && { known }),
      ...parseCallerInput(event),
      asked: parseCount(event, 'asked'),
      askedAboutOpen: parseWord(event, 'open', ['yes']) !== undefined,
      languageChosen:
        parseWord(event, 'language', ['chosen']) !== undefined || session.languageChosen === true,
      skipsVerification: skipsVerification(config.skipVerification, tier, assurance),
    })
    if (learned) await updateSession(callSid, learned, { sessions, clock }).catch(report)
    if (learned?.intent) log('info', 'topic understood', { intent: learned.said ? 'spoken' : 'menu' })
    return twimlReply(renderTwiml(speaker, steps))
  },
})
