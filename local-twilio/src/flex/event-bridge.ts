import type {
  Floor,
  FloorActivity,
  FloorEvent,
  FloorReservation,
  FloorTask,
  FloorWorker,
  ReservationStatus,
} from './floor.ts'

/** A request of Flex's TaskRouter library: what it would ask TaskRouter's REST API, wrapped in one POST. */
export interface BridgeRequest {
  readonly url: string
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Reads a wrapped request; undefined for what is none. */
export function readBridgeRequest(text: string): BridgeRequest | undefined {
  try {
    const { url, method, params } = JSON.parse(text) as Readonly<Record<string, unknown>>
    if (typeof url !== 'string' || typeof method !== 'string') return undefined
    const isObject = typeof params === 'object' && params !== null
    return { url, method, params: isObject ? (params as BridgeRequest['params']) : {} }
  } catch {
    return undefined
  }
}

/** A message that the event bridge pushes to the desktop. */
export interface BridgeMessage {
  readonly event_type: string
  readonly payload: unknown
}

const CHANNEL_SID = `TC${'1'.padStart(32, '0')}`

/** Answers a wrapped request; what is not known is an empty list, as TaskRouter answers for a worker without any. */
export async function answerBridge(
  floor: Floor,
  workerSid: string,
  request: BridgeRequest,
): Promise<unknown> {
  const path = request.url.split('?')[0] ?? ''
  const reservationSid = /\/Reservations\/(WR\w{32})/.exec(path)?.[1]
  if (reservationSid) return answerReservation(floor, workerSid, reservationSid, request)
  const taskSid = /\/Tasks\/(WT\w{32})/.exec(path)?.[1]
  if (taskSid) return answerTask(floor, workerSid, taskSid, request)
  if (path.endsWith('/Reservations')) {
    return contents(floor.reservationsOf(workerSid).map((one) => reservationOf(floor, one)))
  }
  if (path.includes('/Activities')) return contents(floor.activities().map((one) => activityOf(floor, one)))
  if (/\/(?:Worker)?Channels/.test(path)) return contents([channelOf(floor, workerSid)])
  return /\/Workers\/WK/.test(path) ? answerWorker(floor, workerSid, request) : contents([])
}

async function answerWorker(
  floor: Floor,
  workerSid: string,
  { method, params }: BridgeRequest,
): Promise<unknown> {
  const activitySid = params['ActivitySid']
  if (method === 'POST' && typeof activitySid === 'string') await floor.setActivity(workerSid, activitySid)
  const worker = floor.workers().find((one) => one.workerSid === workerSid)
  return worker ? workerOf(floor, worker) : {}
}

async function answerReservation(
  floor: Floor,
  workerSid: string,
  reservationSid: string,
  { method, params }: BridgeRequest,
): Promise<unknown> {
  // The agent's telephone would ring now and put both into a conference; here the agent picks up at once.
  const isPickUp = params['Instruction'] === 'conference' || params['Instruction'] === 'dequeue'
  const status = isPickUp ? 'accepted' : params['ReservationStatus']
  if (method === 'POST' && typeof status === 'string') {
    const moved = await floor.moveReservation(reservationSid, status as ReservationStatus)
    return moved ? reservationOf(floor, moved) : {}
  }
  const found = floor.reservationsOf(workerSid).find((one) => one.reservationSid === reservationSid)
  return found ? reservationOf(floor, found) : {}
}

async function answerTask(
  floor: Floor,
  workerSid: string,
  taskSid: string,
  { method, params }: BridgeRequest,
): Promise<unknown> {
  const { Attributes: attributes, AssignmentStatus: status, Reason: reason } = params
  if (method === 'POST') {
    const updated = await floor.updateTask(taskSid, {
      ...(attributes !== undefined && {
        attributes: typeof attributes === 'string' ? attributes : JSON.stringify(attributes),
      }),
      ...(typeof status === 'string' && { status: status as FloorTask['status'] }),
      ...(typeof reason === 'string' && { reason }),
    })
    return updated ? taskOf(floor, updated) : {}
  }
  const found = floor.reservationsOf(workerSid).find(({ task }) => task.taskSid === taskSid)
  return found ? taskOf(floor, found.task) : {}
}

/** What the desktop of a worker hears of an event; nothing when it is about another worker. */
export function bridgeMessages(floor: Floor, workerSid: string, event: FloorEvent): readonly BridgeMessage[] {
  if (event.kind === 'worker') {
    if (event.worker.workerSid !== workerSid) return []
    return [{ event_type: 'worker.activity.update', payload: workerOf(floor, event.worker) }]
  }
  const { reservation } = event
  if (reservation.workerSid !== workerSid) return []
  if (event.kind === 'task') return [{ event_type: 'task.updated', payload: taskOf(floor, reservation.task) }]
  const whole = { payload: reservationOf(floor, reservation) }
  if (reservation.status !== 'wrapping')
    return [{ event_type: `reservation.${EVENTS[reservation.status]}`, ...whole }]
  return [
    { event_type: 'task.wrapup', payload: taskOf(floor, reservation.task) },
    { event_type: 'reservation.wrapup', ...whole },
  ]
}

const EVENTS: Readonly<Record<ReservationStatus, string>> = {
  pending: 'created',
  accepted: 'accepted',
  rejected: 'rejected',
  timeout: 'timeout',
  canceled: 'canceled',
  rescinded: 'rescinded',
  wrapping: 'wrapup',
  completed: 'completed',
}

/** The first message on a connection. */
export function bridgeGreeting(floor: Floor, workerSid: string): BridgeMessage {
  const { accountSid: account_sid, workspaceSid: workspace_sid } = floor
  return {
    event_type: 'init',
    payload: { channel_id: workerSid, account_sid, workspace_sid, token_lifetime: 3_600_000 },
  }
}

const contents = (items: readonly unknown[]): unknown => ({ contents: items })
const seconds = (epochMs: number): number => Math.floor(epochMs / 1000)

function placeOf({ accountSid, workspaceSid }: Floor): {
  readonly account_sid: string
  readonly workspace_sid: string
} {
  return { account_sid: accountSid, workspace_sid: workspaceSid }
}

function workerOf(floor: Floor, worker: FloorWorker): unknown {
  const activity = floor.activities().find(({ activitySid }) => activitySid === worker.activitySid)
  return {
    ...placeOf(floor),
    sid: worker.workerSid,
    friendly_name: worker.friendlyName,
    attributes: worker.attributes,
    activity_sid: worker.activitySid,
    activity_name: activity?.friendlyName ?? '',
    available: activity?.isAvailable ?? false,
    date_created: seconds(worker.createdAt),
    date_updated: seconds(worker.updatedAt),
    date_status_changed: seconds(worker.updatedAt),
    version: 1,
  }
}

function activityOf(floor: Floor, { activitySid, friendlyName, isAvailable }: FloorActivity): unknown {
  const dates = { date_created: 0, date_updated: 0 }
  return {
    ...placeOf(floor),
    sid: activitySid,
    friendly_name: friendlyName,
    available: isAvailable,
    ...dates,
  }
}

function channelOf(floor: Floor, workerSid: string): unknown {
  return {
    ...placeOf(floor),
    sid: `WC${'1'.padStart(32, '0')}`,
    worker_sid: workerSid,
    task_channel_sid: CHANNEL_SID,
    task_channel_unique_name: 'voice',
    assigned_tasks: 0,
    available: true,
    available_capacity_percentage: 100,
    configured_capacity: 1,
    date_created: 0,
    date_updated: 0,
    last_reserved_time: 0,
  }
}

function taskOf(floor: Floor, task: FloorTask): unknown {
  return {
    ...placeOf(floor),
    sid: task.taskSid,
    assignment_status: task.status,
    attributes: task.attributes,
    addons: '{}',
    age: Math.max(0, seconds(task.updatedAt) - seconds(task.createdAt)),
    date_created: seconds(task.createdAt),
    date_updated: seconds(task.updatedAt),
    virtual_start_time: seconds(task.createdAt),
    priority: task.priority,
    queue_name: task.queueName,
    queue_sid: task.queueSid,
    reason: task.reason,
    routing_target: null,
    task_channel_sid: CHANNEL_SID,
    task_channel_unique_name: 'voice',
    timeout: 86_400,
    workflow_name: task.workflowName,
    workflow_sid: task.workflowSid,
    version: task.version,
  }
}

function reservationOf(floor: Floor, reservation: FloorReservation): unknown {
  return {
    ...placeOf(floor),
    sid: reservation.reservationSid,
    worker_sid: reservation.workerSid,
    reservation_status: reservation.status,
    reservation_timeout: 120,
    date_created: seconds(reservation.createdAt),
    date_updated: seconds(reservation.updatedAt),
    task: taskOf(floor, reservation.task),
    version: reservation.version,
  }
}
