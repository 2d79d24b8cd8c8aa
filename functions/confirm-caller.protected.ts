import { beginCall } from '../src/call/begin-call.ts'
import { updateSession } from '../src/call/update-session.ts'
import { startDeadline, within } from '../src/clock.ts'
import { createServiceBuilder } from '../src/services.ts'
import { confirmCallerAnswer, NOTHING_KNOWN } from '../src/twilio/caller-context-answer.ts'
import { defineFunction, reportFault } from '../src/twilio/define-function.ts'
import { jsonReply, type RuntimeHandler } from '../src/twilio/runtime.ts'
import { parseCallerInput, parseInboundCall, parseNumberShown } from '../src/twilio/webhook.ts'
import { settleConfirmation } from '../src/voice/confirmation.ts'
import { speakerFor } from '../src/voice/speaker.ts'

const SESSION_GRACE_MS = 800

/** Takes the answer to get-caller-context's question: by key or speech, yes, no, or what the call is about. */
export const handler: RuntimeHandler = defineFunction({
  name: 'confirm-caller',
  services: createServiceBuilder(),
  fallback: jsonReply(confirmCallerAnswer(NOTHING_KNOWN, 'unclear')),
  answer: async (event, { config, clock, flow, begin, sessions }, log) => {
    const deadline = startDeadline(clock, config.memoryTimeoutMs + SESSION_GRACE_MS)
    const call = parseInboundCall(event)
    // The memory replays its answer to this call, so the question is known again without a session.
    const { session, context, fault } = await beginCall(call, begin)
    if (fault) reportFault(log, 'memory unavailable, answering neutrally', fault)
    const speaker = speakerFor(flow, session.language)
    const isDisowned = call.attestation.level === 'failed'
    const { digits, speech } = parseCallerInput(event)
    const settled = settleConfirmation(speaker, { tier: session.tier, context, isDisowned }, digits, speech)
    const { tier, topic } = settled
    const note = updateSession(call.callSid, { tier, ...topic }, { sessions, clock })
    const noted = within(deadline.remainingMs(), note, () => log('warn', 'answer not kept in time'))
    await noted.catch((error: unknown) => reportFault(log, 'answer not kept with the call', error))
    log('info', 'caller answered', { tier, memory: session.memory })
    const shown = { session: { ...session, tier }, flow, from: parseNumberShown(event), ...topic }
    const said = { context: settled.context, greeting: [speaker.texts.thanks], prompt: speaker.texts.ask }
    return jsonReply(confirmCallerAnswer({ ...shown, ...said }, settled.confirmed))
  },
})
