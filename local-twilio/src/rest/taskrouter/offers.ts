import type { Clock } from '../../../../src/clock.ts'
import { newSid } from '../../sid.ts'
import type { Reservation, ReservationStatus, Task, TaskRouterEvent, Workspace } from './model.ts'

/** Offers tasks to workers. */
export interface Offers {
  /** Undefined when nobody is available and free. */
  readonly reserve: (workspace: Workspace, task: Task) => Reservation | undefined
  /** Offers every task that nobody has to whoever is available and free. */
  readonly offerWaiting: (workspace: Workspace) => void
}

/** Makes the offers of one TaskRouter, which tell `onEvent` of each. */
export function createOffers(clock: Clock, onEvent: (event: TaskRouterEvent) => void): Offers {
  const reserve: Offers['reserve'] = (workspace, task) => {
    const reservation = newReservation(workspace, task, clock())
    if (!reservation) return undefined
    task.reservations.set(reservation.sid, reservation)
    onEvent({ type: 'reservation.created', workspace, task, reservation })
    return reservation
  }
  return {
    reserve,
    offerWaiting: (workspace) => {
      if (!someoneIsAvailable(workspace)) return
      for (const task of workspace.tasks.values()) {
        if (task.status === 'pending' && reserve(workspace, task)) task.status = 'reserved'
      }
    },
  }
}

function someoneIsAvailable({ workers }: Workspace): boolean {
  return [...workers.values()].some(({ activity }) => activity.available)
}

const BUSY: ReadonlySet<ReservationStatus> = new Set(['pending', 'accepted', 'wrapping'])

/**
 * Offers the task to the first worker who is available, is free, and has not had it. Whoever turned it down gets it
 * again after a change of activity.
 */
function newReservation(workspace: Workspace, task: Task, now: Date): Reservation | undefined {
  if (!someoneIsAvailable(workspace)) return undefined
  const had = new Set(
    [...task.reservations.values()]
      .filter(({ status, worker, updatedAt }) => status !== 'rejected' || worker.updatedAt <= updatedAt)
      .map(({ worker }) => worker.sid),
  )
  const held = [...workspace.tasks.values()].flatMap(({ reservations }) => Array.from(reservations.values()))
  const busy = new Set(held.flatMap(({ worker, status }) => (BUSY.has(status) ? worker.sid : [])))
  const worker = [...workspace.workers.values()].find(
    ({ sid, activity }) => activity.available && !had.has(sid) && !busy.has(sid),
  )
  const position = task.reservations.size
  return worker && { sid: newSid('WR'), worker, position, createdAt: now, updatedAt: now, status: 'pending' }
}
