import type { Clock } from '../../../../src/clock.ts'
import { newSid } from '../../sid.ts'
import {
  type Reservation,
  RESERVATION_STEPS,
  type ReservationStatus,
  type Task,
  TASK_STEPS,
  type TaskStatus,
  type Worker,
  type Workspace,
} from './model.ts'

/** What a change did, in the order in which Twilio tells of it. */
export interface TaskRouterEvent {
  readonly type: string
  readonly workspace: Workspace
  readonly task: Task
  readonly reservation?: Reservation
}

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
  readonly createWorker: (workspace: Workspace, friendlyName: string, attributes: string) => Worker
  /** Makes a task and offers it to the worker who came first, if there is one. */
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

/** An empty TaskRouter that tells `onEvent` what happens. */
export function createTaskRouter(clock: Clock, onEvent: (event: TaskRouterEvent) => void): TaskRouter {
  const workspaces = new Map<string, Workspace>()
  return {
    workspaces,
    createWorkspace: (friendlyName, eventCallbackUrl) => {
      const workspace = newWorkspace(friendlyName, eventCallbackUrl, clock())
      workspaces.set(workspace.sid, workspace)
      return workspace
    },
    createWorker: (workspace, friendlyName, attributes) => {
      const position = (workspace.created += 1)
      const worker = { sid: newSid('WK'), friendlyName, attributes, position, createdAt: clock() }
      workspace.workers.set(worker.sid, worker)
      return worker
    },
    ...taskMoves(clock, onEvent),
    ...taskMaking(clock, onEvent),
  }
}

type Tell = (event: TaskRouterEvent) => void

function taskMaking(
  clock: Clock,
  onEvent: Tell,
): Pick<TaskRouter, 'createTask' | 'setAttributes' | 'transfer'> {
  const reserve = (workspace: Workspace, task: Task): Reservation | undefined => {
    const reservation = newReservation(workspace, task, clock())
    if (!reservation) return undefined
    task.reservations.set(reservation.sid, reservation)
    onEvent({ type: 'reservation.created', workspace, task, reservation })
    return reservation
  }
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

function taskMoves(clock: Clock, onEvent: Tell): Pick<TaskRouter, 'moveTask' | 'moveReservation'> {
  return {
    moveTask: (workspace, task, to, reason) => {
      if (TASK_STEPS[to]?.includes(task.status) !== true) return false
      task.reason = reason ?? null
      change(task, to, clock())
      for (const reservation of followersOf(task, to)) {
        onEvent({ type: 'reservation.canceled', workspace, task, reservation })
      }
      onEvent({ type: `task.${wordFor(to)}`, workspace, task })
      return true
    },
    moveReservation: (workspace, task, reservation, to) => {
      if (RESERVATION_STEPS[to]?.includes(reservation.status) !== true) return false
      Object.assign(reservation, { status: to, updatedAt: clock() })
      onEvent({ type: `reservation.${wordFor(to)}`, workspace, task, reservation })
      const next = taskStatusAfter(task, to)
      if (next === undefined || next === task.status) return true
      change(task, next, clock())
      if (next !== 'assigned') onEvent({ type: `task.${wordFor(next)}`, workspace, task })
      return true
    },
  }
}

/** What becomes of a task's reservations when the task itself is moved. */
const FOLLOWS: Readonly<
  Partial<Record<TaskStatus, Readonly<Partial<Record<ReservationStatus, ReservationStatus>>>>>
> = {
  canceled: { pending: 'canceled' },
  wrapping: { accepted: 'wrapping' },
  completed: { accepted: 'completed', wrapping: 'completed' },
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

/** A task is wrapping, or done, when the last of its agents is. */
function taskStatusAfter({ reservations }: Task, to: ReservationStatus): TaskStatus | undefined {
  const states = new Set([...reservations.values()].map(({ status }) => status))
  if (to === 'accepted') return 'assigned'
  if (states.has('accepted') || states.has('pending')) return undefined
  if (to === 'wrapping') return 'wrapping'
  return to === 'completed' && !states.has('wrapping') ? 'completed' : undefined
}

function newWorkspace(friendlyName: string, eventCallbackUrl: string, createdAt: Date): Workspace {
  const empty = { workers: new Map<string, Worker>(), tasks: new Map<string, Task>(), created: 0 }
  return { sid: newSid('WS'), friendlyName, eventCallbackUrl, createdAt, ...empty }
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

/** Offers the task to the first worker who has not had it. */
function newReservation(workspace: Workspace, task: Task, now: Date): Reservation | undefined {
  const had = new Set([...task.reservations.values()].map(({ worker }) => worker.sid))
  const worker = [...workspace.workers.values()].find(({ sid }) => !had.has(sid))
  const position = task.reservations.size
  return worker && { sid: newSid('WR'), worker, position, createdAt: now, updatedAt: now, status: 'pending' }
}
