/** States of a task, as Twilio's API description has them. */
export type TaskStatus = 'pending' | 'reserved' | 'assigned' | 'wrapping' | 'completed' | 'canceled'
/** States of a reservation. */
export type ReservationStatus =
  'pending' | 'accepted' | 'rejected' | 'timeout' | 'canceled' | 'rescinded' | 'wrapping' | 'completed'

/** A TaskRouter workspace. */
export interface Workspace {
  readonly sid: string
  friendlyName: string
  eventCallbackUrl: string
  readonly createdAt: Date
  readonly activities: readonly Activity[]
  readonly workers: Map<string, Worker>
  readonly tasks: Map<string, Task>
  created: number
}

/** What a worker can be doing. */
export interface Activity {
  readonly sid: string
  readonly friendlyName: string
  /** Whether tasks are offered to a worker who does it. */
  readonly available: boolean
}

/** Somebody who takes tasks, one at a time. */
export interface Worker {
  readonly sid: string
  readonly friendlyName: string
  readonly attributes: string
  readonly position: number
  readonly createdAt: Date
  updatedAt: Date
  activity: Activity
}

/** A task. */
export interface Task {
  readonly sid: string
  readonly position: number
  readonly createdAt: Date
  readonly workflowSid: string
  readonly taskQueueSid: string
  readonly taskChannelSid: string
  readonly taskChannel: string
  readonly timeoutSeconds: number
  updatedAt: Date
  priority: number
  attributes: string
  status: TaskStatus
  reason: string | null
  /** Grows with every change; what `If-Match` names. */
  version: number
  readonly reservations: Map<string, Reservation>
}

/** A task offered to, or taken by, one worker. */
export interface Reservation {
  readonly sid: string
  readonly worker: Worker
  readonly position: number
  readonly createdAt: Date
  updatedAt: Date
  status: ReservationStatus
}

/** From which states a reservation reaches another one when a worker says so. */
export const RESERVATION_STEPS: Readonly<Partial<Record<ReservationStatus, readonly ReservationStatus[]>>> = {
  accepted: ['pending'],
  rejected: ['pending'],
  wrapping: ['accepted'],
  completed: ['accepted', 'wrapping'],
}

/** From which states a task reaches another one when it is updated. */
export const TASK_STEPS: Readonly<Partial<Record<TaskStatus, readonly TaskStatus[]>>> = {
  canceled: ['pending', 'reserved'],
  wrapping: ['assigned'],
  completed: ['assigned', 'wrapping'],
}

/** What a change did, in the order in which Twilio tells of it. */
export interface TaskRouterEvent {
  readonly type: string
  readonly workspace: Workspace
  readonly task: Task
  readonly reservation?: Reservation
}
