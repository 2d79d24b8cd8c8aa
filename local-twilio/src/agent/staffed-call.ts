import { attachToFloor, type RemoteFloor } from '../flex/remote-floor.ts'
import { agentsOf } from '../flex/agents.ts'
import { type LocalApi, post } from '../flex/local-lines.ts'
import type { CallOptions } from '../voice/call-options.ts'
import type { Caller } from '../voice/caller.ts'
import type { CallEvent, CallResult } from '../voice/events.ts'
import { placeCall } from '../voice/place-call.ts'
import type { AgentMoment, AgentScript } from './agent-script.ts'
import { describeMemory } from './panel-text.ts'
import { createFlexClient } from './flex-client.ts'
import { seatAgents } from './seat-agents.ts'

/** A call that a simulated agent takes. */
export interface StaffedCallOptions {
  readonly call: Omit<CallOptions, 'agents'>
  readonly script: AgentScript
  readonly api: LocalApi
  readonly functionsUrl: string
  /** Told in the order in which a transcript shows it: never before the call has reached the agent. */
  readonly onMoment: (moment: AgentMoment) => void
}

/**
 * Places a call on a running local system and lets a simulated agent take it, should it come to a queue: through
 * TaskRouter's requests and the functions for Flex, as the plugin does it. Ends when the call is wrapped up and
 * TaskRouter has told everything.
 *
 * @throws CM_LOCAL_SYSTEM when the system does not answer.
 */
export async function placeStaffedCall(options: StaffedCallOptions): Promise<CallResult> {
  const { call, api, functionsUrl, onMoment } = options
  const floor = await attachToFloor(api)
  try {
    const { restore } = await readyFloor(floor)
    const stage = createStage(onMoment)
    const { callSid } = call
    const seats = seatAgents({ ...options, ...stage, callSid, floor })
    const onEvent = (event: CallEvent): void => {
      call.onEvent?.(event)
      if (event.kind === 'agent') stage.open()
    }
    const result = await placeCall({
      ...call,
      caller: stage.watch(call.caller),
      agents: agentsOf(api),
      onEvent,
    })
    stage.end()
    await seats.finished()
    await post(api, '/_local/taskrouter/settled', {})
    const token = await floor.signIn(floor.workers()[0]?.workerSid ?? '', ['agent'])
    const panel = await createFlexClient(functionsUrl, token).panel(callSid)
    if (panel) for (const text of describeMemory(panel)) onMoment({ speaker: 'Memory', text })
    await restore()
    return result
  } finally {
    floor.close()
  }
}

/** Lets calls come to the floor, its first worker available and nobody else. */
async function readyFloor(floor: RemoteFloor): Promise<{ readonly restore: () => Promise<void> }> {
  await floor.staff([])
  const [first] = floor.workers()
  const available = floor.activities().find(({ isAvailable }) => isAvailable)
  if (!first || !available) return { restore: async () => {} }
  const before = floor.workers().map(({ workerSid, activitySid }) => [workerSid, activitySid] as const)
  await floor.setActivity(first.workerSid, available.activitySid)
  return {
    restore: async () => {
      for (const [workerSid, activitySid] of before) await floor.setActivity(workerSid, activitySid)
    },
  }
}

interface Stage {
  readonly tell: (moment: AgentMoment) => void
  /** The call has reached the agent: what was told before is shown now. */
  readonly open: () => void
  readonly end: () => void
  readonly callerIsDone: Promise<void>
  readonly callEnded: Promise<void>
  readonly watch: (caller: Caller) => Caller
}

function createStage(onMoment: (moment: AgentMoment) => void): Stage {
  const held: AgentMoment[] = []
  let isOpen = false
  const [callerIsDone, finish] = signal()
  const [callEnded, end] = signal()
  return {
    callerIsDone,
    callEnded,
    end,
    tell: (moment) => void (isOpen ? onMoment(moment) : held.push(moment)),
    open: () => {
      isOpen = true
      for (const moment of held.splice(0)) onMoment(moment)
    },
    watch: (caller) => ({
      respond: (prompt) => caller.respond(prompt.kind === 'agent' ? { ...prompt, onDone: finish } : prompt),
    }),
  }
}

function signal(): readonly [Promise<void>, () => void] {
  const waiting: (() => void)[] = []
  const given = new Promise<void>((resolve) => waiting.push(resolve))
  return [given, () => waiting.forEach((resolve) => resolve())]
}
