import type { AgentLine } from '../agents.ts'
import { askCaller, type Call, emit, spend } from '../call.ts'
import type { CallerAction } from '../caller.ts'
import { speakingSeconds } from '../duration.ts'
import type { Params } from '../events.ts'
import type { TwimlElement } from '../parse-twiml.ts'
import { actionRequest, callerLeaves, optionalAction, tellAfterTheCall } from './action.ts'
import type { Step, VerbContext } from './verb.ts'

/** A caller in a queue with agents behind it. */
export interface AgentWait {
  readonly line: AgentLine
  readonly queueSid: string
  /** Simulated seconds at which the caller came into the queue. */
  readonly enteredAt: number
}

/**
 * The wait for an agent and the talk with one. It lasts as long as the people take, in real time: until the caller
 * hangs up, the agent does, or the call leaves the queue without an agent.
 */
export async function talkToAgent(
  element: TwimlElement,
  context: VerbContext,
  wait: AgentWait,
): Promise<Step> {
  const { call } = context
  const { line, queueSid, enteredAt } = wait
  const startedAt = call.options.clock().getTime()
  const talk = { isAnswered: false }
  const connected = line.answered.then((isAnswered) => {
    if (!isAnswered) return NEVER
    spendSince(call, startedAt)
    talk.isAnswered = true
    const seconds = Math.ceil(call.state.seconds - enteredAt)
    emit(call, { kind: 'dequeue', queueSid, result: 'bridged', seconds })
    emit(call, { kind: 'agent' })
    return undefined
  })
  const leaver = await converse(call, line.over, connected)
  if (!talk.isAnswered) spendSince(call, startedAt)
  const seconds = Math.ceil(call.state.seconds - enteredAt)
  const result = resultOf(talk.isAnswered, leaver)
  const params: Params = { QueueResult: result, QueueSid: queueSid, QueueTime: String(seconds) }
  if (!talk.isAnswered) emit(call, { kind: 'dequeue', queueSid, result, seconds })
  if (leaver === 'agent') return optionalAction(element, context, params)
  line.hangUp()
  const end = callerLeaves(call)
  if (element.attributes['action'] !== undefined) {
    await tellAfterTheCall(call, actionRequest(element, context, params))
  }
  return end
}

const NEVER = new Promise<undefined>(() => {})

function resultOf(isAnswered: boolean, leaver: 'caller' | 'agent'): string {
  if (isAnswered) return 'bridged'
  return leaver === 'caller' ? 'hangup' : 'leave'
}

/** Who ends it. What the caller says in the meantime is noted. */
async function converse(
  call: Call,
  over: Promise<void>,
  connected: Promise<unknown>,
): Promise<'caller' | 'agent'> {
  const left = over.then(() => undefined)
  for (;;) {
    const asked = askCaller(call, (heard) => ({ kind: 'agent', connected, heard }))
    const action = await Promise.race([asked, left])
    if (action === undefined) return 'agent'
    if (action.kind === 'hang-up') return 'caller'
    noteWords(call, action)
  }
}

function noteWords(call: Call, action: CallerAction): void {
  if (action.kind !== 'say') return
  emit(call, { kind: 'caller', action, input: { kind: 'speech', text: action.text, confidence: 1 } })
  spend(call, speakingSeconds(action.text))
}

function spendSince(call: Call, startedAt: number): void {
  spend(call, (call.options.clock().getTime() - startedAt) / 1000)
}
