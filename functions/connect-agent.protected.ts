import { blankSession } from '../src/call/session.ts'
import { updateSession } from '../src/call/update-session.ts'
import { createServiceBuilder } from '../src/services.ts'
import { connectCall } from '../src/twilio/connect-call.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { type RuntimeHandler, twimlReply } from '../src/twilio/runtime.ts'
import { parseCallerInput, parseCallSid, parseNumberShown, parseQueueEnd } from '../src/twilio/webhook.ts'
import { BUILT_IN_CALL_FLOW } from '../src/voice/built-in-call-flow.ts'
import { afterQueue } from '../src/voice/queue-steps.ts'
import { speakerFor } from '../src/voice/speaker.ts'
import { renderTwiml } from '../src/voice/twiml.ts'
import { askForMessage, messageKept } from '../src/voice/voicemail.ts'

const NEUTRAL = speakerFor(BUILT_IN_CALL_FLOW)

/** Puts the call into its queue; takes a message when that is closed, fails or is given up, and notes it. */
export const handler: RuntimeHandler = defineFunction({
  name: 'connect-agent',
  services: createServiceBuilder(),
  fallback: twimlReply(renderTwiml(NEUTRAL, askForMessage(NEUTRAL, 'nobody-free'))),
  answer: async (event, { config, flow, sessions, clock }, log) => {
    const callSid = parseCallSid(event)
    const report = (error: unknown): void => reportFault(log, 'session not at hand', error)
    const session =
      (await sessions.load(callSid).catch(report)) ?? blankSession(callSid, clock().toISOString())
    const speaker = speakerFor(flow, session.language)
    const { recordingSid } = parseCallerInput(event)
    if (recordingSid) {
      await updateSession(callSid, { voicemailSid: recordingSid }, { sessions, clock }).catch(report)
      log('info', 'message left')
      return twimlReply(renderTwiml(speaker, messageKept(speaker)))
    }
    const end = parseQueueEnd(event)
    if (end) log('info', `queue left, caller ${end}`)
    const steps = end
      ? afterQueue(speaker, end)
      : connectCall(session, speaker, { from: parseNumberShown(event), config, now: clock(), log })
    return twimlReply(renderTwiml(speaker, steps))
  },
})
