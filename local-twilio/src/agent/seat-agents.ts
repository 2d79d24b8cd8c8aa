import type { FloorReservation, FloorWorker } from '../flex/floor.ts'
import type { RemoteFloor } from '../flex/remote-floor.ts'
import { type AgentMoment, type AgentScript, SECOND_NOTE } from './agent-script.ts'
import { createFlexClient, type FlexClient } from './flex-client.ts'
import { describePanel } from './panel-text.ts'
import { wrapUp } from './wrap-up.ts'

/** What the simulated agents work with. */
export interface SeatOptions {
  readonly callSid: string
  readonly script: AgentScript
  readonly floor: RemoteFloor
  readonly functionsUrl: string
  readonly tell: (moment: AgentMoment) => void
  /** Resolves when the caller has said everything. */
  readonly callerIsDone: Promise<void>
  /** Resolves when the line is dead. */
  readonly callEnded: Promise<void>
}

/** An agent at work on one call. */
export interface Turn {
  readonly name: string
  readonly flex: FlexClient
  readonly reservation: FloorReservation
}

/** Lets agents wait for one call. Resolves, once asked, when nobody works on it any more. */
export function seatAgents(options: SeatOptions): { readonly finished: () => Promise<void> } {
  const work: Promise<void>[] = []
  const stop = options.floor.listen((event) => {
    if (event.kind !== 'reservation' || !isOffer(event.reservation, options.callSid)) return
    // A transfer's offer is awaited by whoever transfers.
    if (work.length === 0) work.push(takeCall(event.reservation, options))
  })
  return {
    finished: async () => {
      await Promise.all(work)
      stop()
    },
  }
}

function isOffer({ status, task }: FloorReservation, callSid: string): boolean {
  return status === 'pending' && attributesOf(task)['call_sid'] === callSid
}

async function takeCall(offer: FloorReservation, options: SeatOptions): Promise<void> {
  const { floor, script, callerIsDone, callEnded } = options
  const first = await answer(offer, options)
  if (!first) return
  const isOn = await Promise.race([callerIsDone.then(() => true), callEnded.then(() => false)])
  const second = isOn && script.transfers === true ? await transfer(first, options) : undefined
  if (second) await wrapUp(first, { ...script, closesTab: false }, options)
  const last = second ?? first
  if (isOn) options.tell({ speaker: last.name, text: 'ends the call' })
  // Refused when the caller has hung up meanwhile.
  await floor.moveReservation(last.reservation.reservationSid, 'wrapping')
  await callEnded
  await wrapUp(last, second ? { ...script, note: SECOND_NOTE } : script, options)
}

/** The panel first, then the call, as with a desktop that rings. */
async function answer(offer: FloorReservation, options: SeatOptions): Promise<Turn | undefined> {
  const { floor, functionsUrl, callSid, tell } = options
  const { workerSid, reservationSid } = offer
  const name = firstName(floor.workers().find((worker) => worker.workerSid === workerSid))
  const flex = createFlexClient(functionsUrl, await floor.signIn(workerSid, ['agent']))
  const panel = await flex.panel(callSid)
  const lines = panel ? describePanel(panel) : ['sees: the panel is away']
  for (const text of lines) tell({ speaker: name, text })
  const reservation = await floor.moveReservation(reservationSid, 'accepted')
  return reservation && { name, flex, reservation }
}

async function transfer(first: Turn, options: SeatOptions): Promise<Turn | undefined> {
  const { floor, callSid, tell } = options
  const available = floor.activities().find(({ isAvailable }) => isAvailable)
  const other = floor.workers().find(({ workerSid }) => workerSid !== first.reservation.workerSid)
  if (!available || !other) return undefined
  await floor.setActivity(other.workerSid, available.activitySid)
  const offered = nextOffer(floor, callSid)
  tell({ speaker: first.name, text: `transfers the call to ${firstName(other)}` })
  if (!(await floor.transfer(first.reservation.task.taskSid))) return undefined
  return answer(await offered, options)
}

function nextOffer(floor: RemoteFloor, callSid: string): Promise<FloorReservation> {
  return new Promise((resolve) => {
    const stop = floor.listen((event) => {
      if (event.kind !== 'reservation' || !isOffer(event.reservation, callSid)) return
      stop()
      resolve(event.reservation)
    })
  })
}

/** The attributes of a task; empty for what is no object. */
export function attributesOf({ attributes }: FloorReservation['task']): Readonly<Record<string, unknown>> {
  return JSON.parse(attributes) as Readonly<Record<string, unknown>>
}

function firstName(worker: FloorWorker | undefined): string {
  const { full_name: name = 'Agent' } = JSON.parse(worker?.attributes ?? '{}') as {
    readonly full_name?: string
  }
  return name.split(' ')[0] ?? name
}
