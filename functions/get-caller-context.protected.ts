import { openCall } from '../src/call/open-call.ts'
import { startDeadline } from '../src/clock.ts'
import { createServiceBuilder } from '../src/services.ts'
import { callerContextAnswer, NOTHING_KNOWN } from '../src/twilio/caller-context-answer.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { jsonReply, type RuntimeHandler } from '../src/twilio/runtime.ts'
import { parseInboundCall, parseNumberShown, parseSpokenLanguage, parseWord } from '../src/twilio/webhook.ts'
import { chooseConfirmation, confirmationPrompt } from '../src/voice/confirmation.ts'
import { greet } from '../src/voice/greeting.ts'
import { speakerFor } from '../src/voice/speaker.ts'

// Beyond the memory's own deadline: what keeping the session may still take.
const SESSION_GRACE_MS = 300

/** Tells a Studio flow who is calling: the tier, texts ready to speak, and the task for the agent. */
export const handler: RuntimeHandler = defineFunction({
  name: 'get-caller-context',
  services: createServiceBuilder(),
  fallback: jsonReply(callerContextAnswer(NOTHING_KNOWN)),
  answer: async (event, { config, clock, flow, begin, sessions, lines }, log) => {
    const deadline = startDeadline(clock, config.memoryTimeoutMs + SESSION_GRACE_MS)
    const call = parseInboundCall(event)
    const onSessionLost = (fault: unknown): void => reportFault(log, 'session not kept', fault)
    const options = { ...begin, sessions, lines, deadline, onSessionLost }
    const { session, context, fault } = await openCall(call, options)
    if (fault) reportFault(log, 'memory unavailable, answering neutrally', fault)
    const { tier, memory: state } = session
    log('info', 'caller identified', { tier, memory: state, caller: call.ani.kind })
    const speaker = speakerFor(flow, parseSpokenLanguage(event) ?? session.language)
    const isWelcomed = parseWord(event, 'Welcomed', ['yes']) !== undefined
    const greeting = greet(speaker, tier, context).filter(
      (said) => !isWelcomed || said !== speaker.texts.welcome,
    )
    const prompt = confirmationPrompt(speaker, chooseConfirmation(speaker, tier, context))
    return jsonReply(
      callerContextAnswer({ session, context, flow, from: parseNumberShown(event), greeting, prompt }),
    )
  },
})
