import { blankSession } from '../src/call/session.ts'
import { updateSession } from '../src/call/update-session.ts'
import { takeVerifyTurn } from '../src/call/verify-caller.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { type RuntimeHandler, twimlReply } from '../src/twilio/runtime.ts'
import { verifySteps, verifyTurnOf } from '../src/twilio/verify-webhook.ts'
import { parseCallSid } from '../src/twilio/webhook.ts'
import { BUILT_IN_CALL_FLOW } from '../src/voice/built-in-call-flow.ts'
import { speakerFor } from '../src/voice/speaker.ts'
import { renderTwiml } from '../src/voice/twiml.ts'
import { leaveVerification } from '../src/voice/verify-steps.ts'

const NEUTRAL = speakerFor(BUILT_IN_CALL_FLOW)

/** Verifies the caller by a code to the calling number, before it by account number; then, or failing, leads on. */
export const handler: RuntimeHandler = defineFunction({
  name: 'verify-identity',
  services: createServiceBuilder(),
  fallback: twimlReply(renderTwiml(NEUTRAL, leaveVerification(NEUTRAL, false))),
  answer: async (event, { clock, flow, sessions, verifying }, log) => {
    const callSid = parseCallSid(event)
    const report = (error: unknown): void => reportFault(log, 'session not at hand', error)
    const session =
      (await sessions.load(callSid).catch(report)) ?? blankSession(callSid, clock().toISOString())
    const speaker = speakerFor(flow, session.language)
    const turn = verifyTurnOf(event, speaker, session)
    const { step, change } = await takeVerifyTurn(turn, verifying(callSid, log))
    if (change) await updateSession(callSid, change, { sessions, clock }).catch(report)
    if (step.kind === 'done') {
      const { level: assurance, verification } = step.assurance
      log('info', 'verification ended', { assurance, verification })
    }
    return twimlReply(renderTwiml(speaker, verifySteps(speaker, step)))
  },
})
