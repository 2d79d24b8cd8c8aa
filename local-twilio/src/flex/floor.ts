/** A worker as the desktop shows one. SIDs are Twilio's; times are epoch milliseconds, here and below. */
export interface FloorWorker {
  readonly workerSid: string
  readonly friendlyName: string
  /** JSON text. */
  readonly attributes: string
  readonly activitySid: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** What an agent can be doing. */
export interface FloorActivity {
  readonly activitySid: string
  readonly friendlyName: string
  readonly isAvailable: boolean
}

/** How far a task is. */
export type TaskStatus = 'pending' | 'reserved' | 'assigned' | 'wrapping' | 'completed' | 'canceled'

/** How far an agent is with a task. */
export type ReservationStatus =
  'pending' | 'accepted' | 'rejected' | 'timeout' | 'canceled' | 'rescinded' | 'wrapping' | 'completed'

/** A call that waits for an agent or has one. */
export interface FloorTask {
  readonly taskSid: string
  readonly status: TaskStatus
  /** JSON text, as whoever made the task sent it. */
  readonly attributes: string
  readonly priority: number
  readonly queueSid: string
  readonly queueName: string
  readonly workflowSid: string
  readonly workflowName: string
  readonly reason: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** An offer of a task to an agent. */
export interface FloorReservation {
  readonly reservationSid: string
  readonly workerSid: string
  readonly status: ReservationStatus
  readonly task: FloorTask
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** Something that happened on the floor and that the desktop of one worker must hear. */
export type FloorEvent =
  | { readonly kind: 'reservation'; readonly reservation: FloorReservation }
  | { readonly kind: 'task'; readonly reservation: FloorReservation }
  | { readonly kind: 'worker'; readonly worker: FloorWorker }

/** Everything on the floor when a desktop attaches. */
export interface FloorOpening {
  readonly kind: 'opening'
  readonly accountSid: string
  readonly workspaceSid: string
  readonly workflowSid: string
  readonly queueSid: string
  readonly workers: readonly FloorWorker[]
  readonly activities: readonly FloorActivity[]
  readonly reservations: readonly FloorReservation[]
}

/** The contact centre that Flex's desktop works on: the part of TaskRouter that it sees and moves. */
export interface Floor {
  readonly accountSid: string
  readonly workspaceSid: string
  readonly workers: () => readonly FloorWorker[]
  readonly activities: () => readonly FloorActivity[]
  readonly reservationsOf: (workerSid: string) => readonly FloorReservation[]
  readonly setActivity: (workerSid: string, activitySid: string) => Promise<void>
  /** Moves a reservation on; undefined when TaskRouter would refuse the step. */
  readonly moveReservation: (
    reservationSid: string,
    status: ReservationStatus,
  ) => Promise<FloorReservation | undefined>
  readonly updateTask: (
    taskSid: string,
    change: { readonly attributes?: string; readonly status?: TaskStatus; readonly reason?: string },
  ) => Promise<FloorTask | undefined>
  /** Tells of events from now on; answers how to stop. */
  readonly listen: (listener: (event: FloorEvent) => void) => () => void
}
