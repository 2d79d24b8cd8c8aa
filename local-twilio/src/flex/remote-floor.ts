import { CallerMemoryError } from '../../../src/errors.ts'
import type {
  Floor,
  FloorEvent,
  FloorOpening,
  FloorReservation,
  FloorWorker,
  ReservationStatus,
} from './floor.ts'
import { type LocalApi, openLines, post } from './local-lines.ts'

/** The floor of a running local system, as long as this connection lasts. */
export interface RemoteFloor extends Floor {
  readonly opening: FloorOpening
  /** Signs somebody in: a token that the functions accept. */
  readonly signIn: (workerSid: string, roles: readonly string[]) => Promise<string>
  /** Lets desktops at these addresses ask the functions, and sends calls to the floor from now on. */
  readonly staff: (origins: readonly string[]) => Promise<void>
  /** Offers a call that an agent has to whoever else is available. Whether there is such a call. */
  readonly transfer: (taskSid: string) => Promise<boolean>
  /** Resolves when the system has gone. */
  readonly lost: Promise<void>
  readonly close: () => void
}

interface Mirror {
  readonly workers: Map<string, FloorWorker>
  readonly reservations: Map<string, FloorReservation>
}

const DONE: ReadonlySet<ReservationStatus> = new Set([
  'completed',
  'rejected',
  'timeout',
  'canceled',
  'rescinded',
])

/**
 * Attaches to the floor of a running local system: what happens in TaskRouter is mirrored here, what desktops do is
 * asked of TaskRouter's REST API.
 *
 * @throws CM_LOCAL_SYSTEM when it does not answer.
 */
export async function attachToFloor(api: LocalApi): Promise<RemoteFloor> {
  const { lines, close } = await openLines(api, '/_local/floor')
  const iterator = lines[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) throw new CallerMemoryError('CM_LOCAL_SYSTEM', 'the local system has no floor for Flex')
  const opening = first.value as FloorOpening
  const mirror: Mirror = {
    workers: new Map(opening.workers.map((worker) => [worker.workerSid, worker])),
    reservations: new Map(opening.reservations.map((one) => [one.reservationSid, one])),
  }
  const listeners = new Set<(event: FloorEvent) => void>()
  const lost = follow(iterator, (event) => {
    note(mirror, event)
    for (const listener of listeners) listener(event)
  })
  return {
    opening,
    lost,
    close,
    ...shown(opening, mirror),
    ...moves(api, opening, mirror),
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

async function follow(events: AsyncIterator<unknown>, onEvent: (event: FloorEvent) => void): Promise<void> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    onEvent(next.value as FloorEvent)
  }
}

function note({ workers, reservations }: Mirror, event: FloorEvent): void {
  if (event.kind === 'worker') {
    workers.set(event.worker.workerSid, event.worker)
    return
  }
  const { reservation } = event
  if (DONE.has(reservation.status)) reservations.delete(reservation.reservationSid)
  else reservations.set(reservation.reservationSid, reservation)
}

function shown(
  { accountSid, workspaceSid, activities }: FloorOpening,
  { workers, reservations }: Mirror,
): Pick<Floor, 'accountSid' | 'workspaceSid' | 'workers' | 'activities' | 'reservationsOf'> {
  return {
    accountSid,
    workspaceSid,
    workers: () => [...workers.values()],
    activities: () => activities,
    reservationsOf: (workerSid) => [...reservations.values()].filter((one) => one.workerSid === workerSid),
  }
}

function moves(
  api: LocalApi,
  { workspaceSid }: FloorOpening,
  { reservations }: Mirror,
): Pick<RemoteFloor, 'signIn' | 'staff' | 'transfer' | 'setActivity' | 'moveReservation' | 'updateTask'> {
  const root = `/taskrouter/v1/Workspaces/${workspaceSid}`
  return {
    signIn: async (workerSid, roles) => {
      const made = await post(api, '/_local/flex-tokens', { worker_sid: workerSid, roles, ttl_seconds: DAY })
      return (made as { readonly token: string }).token
    },
    staff: async (origins) => void (await post(api, '/_local/floor/origins', { origins })),
    transfer: async (taskSid) => {
      const path = `/_local/taskrouter/${workspaceSid}/${taskSid}/transfer`
      return (await post(api, path, {})) !== undefined
    },
    setActivity: async (workerSid, activitySid) =>
      void (await post(
        api,
        `${root}/Workers/${workerSid}`,
        new URLSearchParams({ ActivitySid: activitySid }),
      )),
    moveReservation: async (reservationSid, status) => {
      const held = reservations.get(reservationSid)
      if (!held) return undefined
      const path = `${root}/Tasks/${held.task.taskSid}/Reservations/${reservationSid}`
      const moved = await post(api, path, new URLSearchParams({ ReservationStatus: status }))
      return moved === undefined ? undefined : { ...held, status }
    },
    updateTask: async (taskSid, change) => {
      const updated = await post(api, `${root}/Tasks/${taskSid}`, formOf(change))
      const held = [...reservations.values()].find(({ task }) => task.taskSid === taskSid)
      return updated === undefined || !held ? undefined : { ...held.task, ...change }
    },
  }
}

// A shift, and more than a test.
const DAY = 86_400

function formOf({ attributes, status, reason }: Parameters<Floor['updateTask']>[1]): URLSearchParams {
  return new URLSearchParams({
    ...(attributes !== undefined && { Attributes: attributes }),
    ...(status !== undefined && { AssignmentStatus: status }),
    ...(reason !== undefined && { Reason: reason }),
  })
}
