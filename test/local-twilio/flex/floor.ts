import type { Floor, FloorReservation, FloorTask, FloorWorker } from '../../../local-twilio/src/flex/floor.ts'

/** An identifier of a kind, with a number. */
export const sidOf = (prefix: string, number: number): string => prefix + String(number).padStart(32, '0')

export const WORKER: FloorWorker = {
  workerSid: sidOf('WK', 1),
  friendlyName: 'avery@example.com',
  attributes: '{"full_name":"Avery Agent"}',
  activitySid: sidOf('WA', 1),
  createdAt: 1_000,
  updatedAt: 2_000,
}

const TASK: FloorTask = {
  taskSid: sidOf('WT', 1),
  status: 'reserved',
  attributes: '{"call_sid":"CA1"}',
  priority: 1,
  queueSid: sidOf('WQ', 1),
  queueName: 'Everyone',
  workflowSid: sidOf('WW', 1),
  workflowName: 'Assign to anyone',
  reason: null,
  createdAt: 1_000,
  updatedAt: 61_000,
  version: 3,
}

/** A reservation of the worker, with anything changed. */
export function reservation(
  change: Partial<FloorReservation> = {},
  task: Partial<FloorTask> = {},
): FloorReservation {
  return {
    reservationSid: sidOf('WR', 1),
    workerSid: WORKER.workerSid,
    status: 'pending',
    task: { ...TASK, ...task },
    createdAt: 1_000,
    updatedAt: 2_000,
    version: 1,
    ...change,
  }
}

/** What a desktop asked of the floor. */
export type Moves = unknown[][]

/** A floor with these reservations that notes what is asked of it. */
export function floorWith(held: readonly FloorReservation[], moves: Moves = []): Floor {
  return {
    accountSid: sidOf('AC', 1),
    workspaceSid: sidOf('WS', 1),
    workers: () => [WORKER],
    activities: () => [{ activitySid: sidOf('WA', 1), friendlyName: 'Available', isAvailable: true }],
    reservationsOf: (workerSid) => held.filter((one) => one.workerSid === workerSid),
    setActivity: async (...asked) => void moves.push(['activity', ...asked]),
    moveReservation: async (sid, status) => {
      moves.push(['reservation', sid, status])
      const found = held.find(({ reservationSid }) => reservationSid === sid)
      return found && { ...found, status }
    },
    updateTask: async (...asked) => {
      moves.push(['task', ...asked])
      return held[0]?.task
    },
    listen: () => () => {},
  }
}
