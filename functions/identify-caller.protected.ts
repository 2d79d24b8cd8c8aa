import { openCall } from '../src/call/open-call.ts'
import { startDeadline } from '../src/clock.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { type RuntimeHandler, twimlReply } from '../src/twilio/runtime.ts'
import { parseInboundCall } from '../src/twilio/webhook.ts'
import { greet } from '../src/voice/greeting.ts'
import { renderTwiml, say, type VoiceStep } from '../src/voice/twiml.ts'

const NEXT: VoiceStep = { kind: 'redirect', to: '/next-step' }
// Beyond the memory's own deadline: what keeping the session may still take before the caller hears us.
const SESSION_GRACE_MS = 400

/** The number's voice URL: identifies the caller and greets them by tier. */
export const handler: RuntimeHandler = defineFunction({
  name: 'identify-caller',
  services: createServiceBuilder(),
  fallback: twimlReply(renderTwiml([...say(greet('new', undefined, [])), NEXT])),
  answer: async (event, { config, clock, memory, sessions }, log) => {
    const { memoryTimeoutMs, recognizedFrom, likelyFrom, possibleFrom, spokenVariables } = config
    const deadline = startDeadline(clock, memoryTimeoutMs + SESSION_GRACE_MS)
    const call = parseInboundCall(event)
    const thresholds = { recognized: recognizedFrom, likely: likelyFrom, possible: possibleFrom }
    const onSessionLost = (fault: unknown): void => reportFault(log, 'session not kept', fault)
    const options = { memory, clock, thresholds, sessions, deadline, onSessionLost }
    const { session, context, fault } = await openCall(call, options)
    if (fault) reportFault(log, 'memory unavailable, greeting neutrally', fault)
    const { tier, memory: state } = session
    log('info', 'caller identified', { tier, memory: state, caller: call.ani.kind })
    return twimlReply(renderTwiml([...say(greet(tier, context, spokenVariables)), NEXT]))
  },
})
