import { openCall } from '../src/call/open-call.ts'
import { startDeadline } from '../src/clock.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { type RuntimeHandler, twimlReply } from '../src/twilio/runtime.ts'
import { parseInboundCall } from '../src/twilio/webhook.ts'
import { BUILT_IN_CALL_FLOW } from '../src/voice/built-in-call-flow.ts'
import { greet } from '../src/voice/greeting.ts'
import { speakerFor } from '../src/voice/speaker.ts'
import { renderTwiml, say, type VoiceStep } from '../src/voice/twiml.ts'

const NEXT: VoiceStep = { kind: 'redirect', to: '/next-step' }
const NEUTRAL = speakerFor(BUILT_IN_CALL_FLOW)
// Beyond the memory's own deadline: what keeping the session may still take before the caller hears us.
const SESSION_GRACE_MS = 300

/** The number's voice URL: identifies the caller and greets them by tier. */
export const handler: RuntimeHandler = defineFunction({
  name: 'identify-caller',
  services: createServiceBuilder(),
  fallback: twimlReply(renderTwiml(NEUTRAL, [...say(greet(NEUTRAL, 'new', undefined)), NEXT])),
  answer: async (event, { config, clock, flow, begin, sessions, lines }, log) => {
    const deadline = startDeadline(clock, config.memoryTimeoutMs + SESSION_GRACE_MS)
    const call = parseInboundCall(event)
    const onSessionLost = (fault: unknown): void => reportFault(log, 'session not kept', fault)
    const options = { ...begin, sessions, lines, deadline, onSessionLost }
    const { session, context, fault } = await openCall(call, options)
    if (fault) reportFault(log, 'memory unavailable, greeting neutrally', fault)
    const { tier, memory: state } = session
    log('info', 'caller identified', { tier, memory: state, caller: call.ani.kind })
    const speaker = speakerFor(flow, session.language)
    return twimlReply(renderTwiml(speaker, [...say(greet(speaker, tier, context)), NEXT]))
  },
})
