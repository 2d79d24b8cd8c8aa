import type { Clock } from '../../../../src/clock.ts'
import { CallerMemoryError } from '../../../../src/errors.ts'
import { newSid } from '../../sid.ts'
import { createOffers, type Offers } from './offers.ts'
import {
  type Activity,
  type Reservation,
  RESERVATION_STEPS,
  type ReservationStatus,
  type Task,
  TASK_STEPS,
  type TaskRouterEvent,
  type TaskStatus,
  type Worker,
  type Workspace,
} from './model.ts'

/** What a new task is made of. */
export interface NewTask {
  readonly attributes: string
  readonly workflowSid?: string
  readonly priority?: number
  readonly timeoutSeconds?: number
}

/** The TaskRouter of one account, in memory. */
export interface TaskRouter {
  readonly workspaces: Map<string, Workspace>
  readonly createWorkspace: (friendlyName: string, eventCallbackUrl: string) => Workspace
  readonly createWorker: (
    workspace: Workspace,
    friendlyName: string,
    attributes: string,
    activitySid?: string,
  ) => Worker
  /** Whether there is such an activity. Tasks that wait are then offered to a worker who has become available. */
  readonly setActivity: (workspace: Workspace, worker: Worker, activitySid: string) => boolean
  /** Makes a task and offers it to the first worker who is available and free, if there is one. */
  readonly createTask: (workspace: Workspace, task: NewTask) => Task
  readonly setAttributes: (workspace: Workspace, task: Task, attributes: string) => void
  /** Whether the task could go there. */
  readonly moveTask: (workspace: Workspace, task: Task, to: TaskStatus, reason?: string) => boolean
  /** Whether the reservation could go there. */
  readonly moveReservation: (
    workspace: Workspace,
    task: Task,
    reservation: Reservation,
    to: ReservationStatus,
  ) => boolean
  /** Offers a task that an agent has to the next worker as well, as a transfer does. */
  readonly transfer: (workspace: Workspace, task: Task) => Reservation | undefined
}

/** An empty TaskRouter that tells `onEvent` what happens, and `onWorker` whose activity has changed. */
export function createTaskRouter(
  clock: Clock,
  onEvent: (event: TaskRouterEvent) => void,
  onWorker: (worker: Worker) => void = () => {},
): TaskRouter {
  const workspaces = new Map<string, Workspace>()
  const offers = createOffers(clock, onEvent)
  return {
    workspaces,
    createWorkspace: (friendlyName, eventCallbackUrl) => {
      const workspace = newWorkspace(friendlyName, eventCallbackUrl, clock())
      workspaces.set(workspace.sid, workspace)
      return workspace
    },
    createWorker: (workspace, friendlyName, attributes, activitySid) => {
      const position = (workspace.created += 1)
      const worker = newWorker({ friendlyName, attributes, position }, clock(), workspace, activitySid)
      workspace.workers.set(worker.sid, worker)
      return worker
    },
    setActivity: (workspace, worker, activitySid) => {
      const activity = workspace.activities.find(({ sid }) => sid === activitySid)
      if (!activity) return false
      Object.assign(worker, { activity, updatedAt: clock() })
      onWorker(worker)
      offers.offerWaiting(workspace)
      return true
    },
    ...taskMoves(clock, onEvent, offers),
    ...taskMaking(clock, onEvent, offers),
  }
}

type Tell = (event: TaskRouterEvent) => void

function taskMaking(
  clock: Clock,
  onEvent: Tell,
  { reserve }: Offers,
): Pick<TaskRouter, 'createTask' | 'setAttributes' | 'transfer'> {
  return {
    createTask: (workspace, given) => {
      const task = newTask(given, (workspace.created += 1), clock())
      workspace.tasks.set(task.sid, task)
      onEvent({ type: 'task.created', workspace, task })
      if (reserve(workspace, task)) task.status = 'reserved'
      return task
    },
    setAttributes: (workspace, task, attributes) => {
      task.attributes = attributes
      change(task, task.status, clock())
      onEvent({ type: 'task.updated', workspace, task })
    },
    transfer: (workspace, task) => (task.status === 'assigned' ? reserve(workspace, task) : undefined),
  }
}

function change(task: Task, status: TaskStatus, updatedAt: Date): void {
  Object.assign(task, { status, version: task.version + 1, updatedAt })
}

function taskMoves(
  clock: Clock,
  onEvent: Tell,
  { offerWaiting }: Offers,
): Pick<TaskRouter, 'moveTask' | 'moveReservation'> {
  return {
    moveTask: (workspace, task, to, reason) => {
      if (TASK_STEPS[to]?.includes(task.status) !== true) return false
      task.reason = reason ?? null
      change(task, to, clock())
      for (const reservation of followersOf(task, to)) {
        onEvent({ type: 'reservation.canceled', workspace, task, reservation })
      }
      onEvent({ type: `task.${wordFor(to)}`, workspace, task })
      offerWaiting(workspace)
      return true
    },
    moveReservation: (workspace, task, reservation, to) => {
      if (RESERVATION_STEPS[to]?.includes(reservation.status) !== true) return false
      Object.assign(reservation, { status: to, updatedAt: clock() })
      onEvent({ type: `reservation.${wordFor(to)}`, workspace, task, reservation })
      if (to === 'accepted') handOver(workspace, task, reservation, clock(), onEvent)
      const next = taskStatusAfter(task, to)
      if (next !== undefined && next !== task.status) {
        change(task, next, clock())
        if (TOLD.has(next)) onEvent({ type: `task.${wordFor(next)}`, workspace, task })
      }
      offerWaiting(workspace)
      return true
    },
  }
}

/** Whoever had the task before the one who now takes it over wraps up: a cold transfer. */
function handOver(workspace: Workspace, task: Task, taken: Reservation, updatedAt: Date, tell: Tell): void {
  for (const reservation of task.reservations.values()) {
    if (reservation === taken || reservation.status !== 'accepted') continue
    Object.assign(reservation, { status: 'wrapping', updatedAt })
    tell({ type: 'reservation.wrapup', workspace, task, reservation })
  }
}

/** What becomes of a task's reservations when the task itself is moved. */
const FOLLOWS: Readonly<
  Partial<Record<TaskStatus, Readonly<Partial<Record<ReservationStatus, ReservationStatus>>>>>
> = {
  canceled: { pending: 'canceled' },
  wrapping: { accepted: 'wrapping', pending: 'canceled' },
  completed: { accepted: 'completed', wrapping: 'completed', pending: 'canceled' },
}

/** Moves a task's reservations along with it; returns those that Twilio tells of. */
function followersOf({ reservations }: Task, to: TaskStatus): readonly Reservation[] {
  const canceled: Reservation[] = []
  for (const reservation of reservations.values()) {
    const next = FOLLOWS[to]?.[reservation.status]
    if (next === undefined) continue
    reservation.status = next
    if (next === 'canceled') canceled.push(reservation)
  }
  return canceled
}

/** The state as events spell it. */
function wordFor(status: TaskStatus | ReservationStatus): string {
  return status === 'wrapping' ? 'wrapup' : status
}

const TOLD: ReadonlySet<TaskStatus> = new Set(['wrapping', 'completed', 'canceled'])

/** A task is wrapping, or done, when the last of its agents is; one that is turned down waits again. */
function taskStatusAfter({ reservations }: Task, to: ReservationStatus): TaskStatus | undefined {
  const states = new Set([...reservations.values()].map(({ status }) => status))
  if (to === 'accepted') return 'assigned'
  if (states.has('accepted') || states.has('pending')) return undefined
  if (to === 'wrapping') return 'wrapping'
  if (to === 'rejected') return states.has('wrapping') || states.has('completed') ? undefined : 'pending'
  return to === 'completed' && !states.has('wrapping') ? 'completed' : undefined
}

function newWorkspace(friendlyName: string, eventCallbackUrl: string, createdAt: Date): Workspace {
  const empty = { workers: new Map<string, Worker>(), tasks: new Map<string, Task>(), created: 0 }
  return {
    sid: newSid('WS'),
    friendlyName,
    eventCallbackUrl,
    createdAt,
    activities: newActivities(),
    ...empty,
  }
}

// Those that every new workspace of Twilio has.
function newActivities(): readonly Activity[] {
  return [
    { sid: newSid('WA'), friendlyName: 'Available', available: true },
    { sid: newSid('WA'), friendlyName: 'Unavailable', available: false },
    { sid: newSid('WA'), friendlyName: 'Offline', available: false },
  ]
}

/** A worker who is given no activity is available. */
function newWorker(
  given: Pick<Worker, 'friendlyName' | 'attributes' | 'position'>,
  now: Date,
  { activities }: Workspace,
  activitySid?: string,
): Worker {
  const activity = activities.find(({ sid }) => sid === activitySid) ?? activities[0]
  if (!activity) throw new CallerMemoryError('CM_BUG', 'a workspace has no activities')
  return { sid: newSid('WK'), ...given, createdAt: now, updatedAt: now, activity }
}

function newTask(given: NewTask, position: number, now: Date): Task {
  return {
    sid: newSid('WT'),
    position,
    createdAt: now,
    updatedAt: now,
    workflowSid: given.workflowSid ?? newSid('WW'),
    taskQueueSid: newSid('WQ'),
    taskChannelSid: newSid('TC'),
    taskChannel: 'voice',
    // Twilio's own default: a day.
    timeoutSeconds: given.timeoutSeconds ?? 86_400,
    priority: given.priority ?? 0,
    attributes: given.attributes,
    status: 'pending',
    reason: null,
    version: 0,
    reservations: new Map(),
  }
}
