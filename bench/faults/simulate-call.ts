import { handler as callStatus } from '../../functions/call-status.protected.ts'
import { handler as connectAgent } from '../../functions/connect-agent.protected.ts'
import { handler as identifyCaller } from '../../functions/identify-caller.protected.ts'
import { handler as nextStep } from '../../functions/next-step.protected.ts'
import { handler as saveContext } from '../../functions/save-context.ts'
import { handler as taskEvent } from '../../functions/task-event.protected.ts'
import { newSid } from '../../local-twilio/src/sid.ts'
import type { RuntimeContext, RuntimeHandler } from '../../src/twilio/runtime.ts'
import type { Lane } from './lane.ts'
import type { CallPlan } from './plan.ts'
import { type Answer, play } from './stage.ts'
import { tellTask } from './task-events.ts'

/** A call that was simulated, with what must be found in the memory afterwards. */
export interface SimulatedCall {
  readonly callSid: string
  readonly number: string
  readonly label: string
  /** Notes that an agent was told are saved or kept, or will send again. */
  readonly notes: readonly string[]
  readonly webhooks: number
  readonly withoutTwiml: number
  /** No function was ever told of its end, and Sync never took its session: nobody can know of it. */
  readonly isUntold: boolean
  /** What befell it, for a report of what was lost. */
  readonly story: string
}

/** A wrap-up that the plugin still has to send. */
export type Outbox = (() => Promise<boolean>)[]

export interface SimulationPorts {
  readonly context: RuntimeContext
  readonly lane: Lane
  /** A Flex token, got past the gate. */
  readonly token: string
  /** Makes a task past the gate, as Twilio does by itself. */
  readonly createTask: (attributes: string) => Promise<string>
  readonly outbox: Outbox
  /** Whether Sync has a session of the call. */
  readonly hasSession: (callSid: string) => Promise<boolean>
}

// With the connection overrides rc=5 Twilio asks six times in all.
const TWILIO_ATTEMPTS = 6

/** Plays one call: its webhooks in order, and what follows its end as the plan has it. */
export async function simulateCall(plan: CallPlan, ports: SimulationPorts): Promise<SimulatedCall> {
  const { lane } = ports
  const callSid = newSid('CA')
  lane.plan(plan)
  const base = { CallSid: callSid, From: plan.number, To: '+12025550100', Direction: 'inbound' }
  const heard = await playVoice(base, plan, ports)
  lane.enter('end')
  const { messages, notes } = await followUps(base, plan, ports)
  for (const message of messages) await message()
  const { course, memory, sync, tokenService } = plan
  const story = `${course}, memory ${memory}, sync ${sync}, tokens ${tokenService}, ${messages.length} messages`
  const isUntold = messages.length === 0 && !(await ports.hasSession(callSid))
  return { callSid, number: plan.number, label: plan.label, notes, isUntold, story, ...heard }
}

async function playVoice(
  base: Readonly<Record<string, string>>,
  plan: CallPlan,
  { context, lane }: SimulationPorts,
): Promise<Pick<SimulatedCall, 'webhooks' | 'withoutTwiml'>> {
  const live = { ...base, CallStatus: 'in-progress' }
  const ask = (handler: RuntimeHandler, event: Form): Promise<Answer> =>
    untilHeard(handler, event, plan.killedAfter(), context, lane)
  const answers = [
    await ask(identifyCaller, { ...base, CallStatus: 'ringing', StirVerstat: 'TN-Validation-Passed-A' }),
    await ask(nextStep, live),
    await ask(nextStep, { ...live, SpeechResult: `about ${plan.label} please`, asked: '1' }),
    await ask(connectAgent, live),
  ]
  const withoutTwiml = answers.filter(
    ({ status, body }) => status !== 200 || !body.includes('<Response>'),
  ).length
  return { webhooks: answers.length, withoutTwiml }
}

/** A function that is killed gives no answer: Twilio then asks the fallback URL, which is the same function here. */
async function untilHeard(
  handler: RuntimeHandler,
  event: Form,
  killedAfter: number,
  context: RuntimeContext,
  lane: Lane,
): Promise<Answer> {
  const first = await playOnce(handler, event, killedAfter, context, lane)
  return first ?? play(handler, context, event)
}

type Form = Readonly<Record<string, string>>
type Message = () => Promise<unknown>

interface FollowUps {
  readonly messages: readonly Message[]
  readonly notes: readonly string[]
}

async function followUps(
  base: Readonly<Record<string, string>>,
  plan: CallPlan,
  ports: SimulationPorts,
): Promise<FollowUps> {
  const over = { ...base, CallStatus: 'completed', CallDuration: '61' }
  const end: Message = () => untilAnswered(callStatus, over, plan, ports)
  if (plan.course === 'alone') return { messages: inAnyOrder([end], plan), notes: [] }
  const attributes = { call_sid: base['CallSid'], from: plan.number, direction: 'inbound' }
  const taskSid = await ports.createTask(JSON.stringify(attributes))
  const events = tellTask(taskSid, attributes, plan)
  const messages = events.messages.map((event) => () => untilAnswered(taskEvent, event, plan, ports))
  const wrapUps = events.wrapUps.map((form) =>
    wrapUpMessage({ ...form, call_sid: base['CallSid'], task_sid: taskSid }, plan, ports),
  )
  return { messages: [...inAnyOrder([end, ...messages], plan), ...wrapUps], notes: events.notes }
}

/** Each message meets its fate; late ones come after all others, and neighbours change places. */
function inAnyOrder(messages: readonly Message[], plan: CallPlan): readonly Message[] {
  const [now, later]: [Message[], Message[]] = [[], []]
  for (const message of messages) {
    const fate = plan.fate()
    if (fate === 'lost') continue
    ;(fate === 'late' ? later : now).push(message)
    if (fate === 'twice') later.push(message)
    if (now.length > 1 && plan.chance() < 0.2) now.splice(-2, 2, ...now.slice(-2).toReversed())
  }
  return [...now, ...later]
}

/** Twilio's own retries: on a 5xx, and when no answer came because the function was killed. */
async function untilAnswered(
  handler: RuntimeHandler,
  event: Readonly<Record<string, string>>,
  plan: CallPlan,
  { context, lane }: SimulationPorts,
): Promise<void> {
  for (let attempt = 0; attempt < TWILIO_ATTEMPTS; attempt += 1) {
    const answer = await playOnce(handler, event, plan.killedAfter(), context, lane)
    if (answer && answer.status < 500) return
  }
}

/** The plugin keeps the wrap-up until it has a receipt: a few times now, then again when all is well. */
function wrapUpMessage(form: object, plan: CallPlan, ports: SimulationPorts): Message {
  const send = async (killedAfter: number): Promise<boolean> => {
    const event = { ...form, Token: ports.token }
    const answer = await playOnce(saveContext, event, killedAfter, ports.context, ports.lane)
    return answer?.status === 200
  }
  return async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (await send(plan.killedAfter())) return
    }
    ports.outbox.push(() => send(Number.POSITIVE_INFINITY))
  }
}

async function playOnce(
  handler: RuntimeHandler,
  event: object,
  killedAfter: number,
  context: RuntimeContext,
  lane: Lane,
): Promise<Answer | undefined> {
  lane.killAfter(killedAfter)
  const answer = await play(handler, context, { request: { headers: {} }, ...event })
  const killed = lane.isKilled()
  lane.killAfter(Number.POSITIVE_INFINITY)
  return killed ? undefined : answer
}
