import { beginCall, type BeginCallOptions, type InboundCall } from '../call/begin-call.ts'
import { denyCaller, type DenyCallerPorts } from '../call/deny-caller.ts'
import type { CallSession, CallSessions } from '../call/session.ts'
import { updateSession } from '../call/update-session.ts'
import { type Clock, type Deadline, startDeadline, within } from '../clock.ts'
import type { Config } from '../config.ts'
import type { CallFlow } from '../voice/call-flow.ts'
import { type SettledConfirmation, settleConfirmation } from '../voice/confirmation.ts'
import { type Speaker, speakerFor } from '../voice/speaker.ts'
import type { AskedQuestion, CallerInput } from './webhook.ts'

/** A caller's answer to the question of a Studio flow. */
export interface GivenAnswer extends AskedQuestion, CallerInput {
  readonly call: InboundCall
}

export interface AnswerQuestionPorts extends DenyCallerPorts {
  readonly begin: BeginCallOptions
  readonly config: Pick<Config, 'memoryTimeoutMs'>
  readonly flow: CallFlow
  readonly sessions: Pick<CallSessions, 'load' | 'change'>
  readonly clock: Clock
  /** Told of every fault; the call goes on all the same. */
  readonly report: (message: string, fault: unknown) => void
}

/** What the answer came to. */
export interface AnsweredQuestion {
  readonly session: CallSession
  readonly settled: SettledConfirmation
  readonly speaker: Speaker
}

// Beyond the memory's own deadline: what keeping the answer may still take.
const SESSION_GRACE_MS = 800

/**
 * Understands a caller's answer and keeps it with the call. The memory replays its answer to this call, so the
 * question is known again without a session. Who has denied being the customer stays somebody else, also when the
 * session cannot be reached, as long as the flow says so. Never throws.
 */
export async function answerQuestion(
  given: GivenAnswer,
  ports: AnswerQuestionPorts,
): Promise<AnsweredQuestion> {
  const { begin, flow, config, clock, report } = ports
  const { call, askedTopic, digits, speech } = given
  const deadline = startDeadline(clock, config.memoryTimeoutMs + SESSION_GRACE_MS)
  const [{ session, context, fault }, kept] = await Promise.all([
    beginCall(call, begin),
    keptSession(given, ports),
  ])
  if (fault) report('memory unavailable, answering neutrally', fault)
  const wasDenied = given.wasDenied || kept?.denied !== undefined
  const speaker = speakerFor(flow, given.language ?? session.language)
  const isDisowned = call.attestation.level === 'failed'
  const asked = wasDenied ? { tier: 'new' as const, context: undefined } : { tier: session.tier, context }
  const settled = settleConfirmation(speaker, { ...asked, isDisowned, askedTopic }, digits, speech)
  await (wasDenied || settled.isDenied
    ? noteDenial(session, settled, ports)
    : // While the memory is away, the tier is not known to have changed.
      noteAnswer(call.callSid, { ...(!fault && { tier: settled.tier }), ...settled.topic }, deadline, ports))
  return { session, settled, speaker }
}

/** The session, if it can be had while the memory is asked. */
async function keptSession(
  { call }: GivenAnswer,
  { sessions, config, report }: AnswerQuestionPorts,
): Promise<CallSession | undefined> {
  const loaded = sessions.load(call.callSid).catch((error: unknown) => {
    report('session not at hand', error)
    return undefined
  })
  return within(config.memoryTimeoutMs, loaded, () => undefined)
}

async function noteAnswer(
  callSid: string,
  change: Partial<CallSession>,
  deadline: Deadline,
  { sessions, clock, report }: AnswerQuestionPorts,
): Promise<void> {
  const note = updateSession(callSid, change, { sessions, clock })
  await within(deadline.remainingMs(), note, () => report('answer not kept in time', undefined)).catch(
    (error: unknown) => report('answer not kept with the call', error),
  )
}

/** A denial is worth waiting for: what is not let go of would be saved to the wrong person. */
async function noteDenial(
  session: CallSession,
  { topic }: SettledConfirmation,
  ports: AnswerQuestionPorts,
): Promise<void> {
  const { config, report } = ports
  const denial = denyCaller({ session, learned: topic }, ports)
  const faults = await within(config.memoryTimeoutMs + SESSION_GRACE_MS, denial, () => {
    report('denial not settled in time', undefined)
    return []
  })
  for (const fault of faults) report('caller denied, call not corrected', fault)
}
