import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../../../src/clock.ts'
import { type Form, formOf } from '../form.ts'
import { type FormSchema, refusalOf, RULES, sidRule } from '../form-schema.ts'
import { cutPage, INVALID_PAGE, type Positioned, readPageRequest } from '../paging.ts'
import { notFound, type Refusal, sendRefusal } from '../twilio-error.ts'
import { reservationJson, taskJson, workerJson, workspaceJson, workspaceUrl } from './json.ts'
import type { ReservationStatus, Task, TaskStatus, Workspace } from './model.ts'
import type { TaskRouter } from './store.ts'

/** What the routes work on. */
export interface TaskRouterRoutesOptions {
  readonly accountSid: string
  readonly router: TaskRouter
  readonly clock: Clock
  /** Resolves when every event so far has been told. */
  readonly settled: () => Promise<void>
}

interface Path {
  readonly workspace: string
  readonly task: string
  readonly reservation: string
  readonly worker: string
}
type Request = FastifyRequest<{ Params: Path }>
type InWorkspace = (request: Request, reply: FastifyReply, workspace: Workspace) => FastifyReply
type OnTask = (request: Request, reply: FastifyReply, workspace: Workspace, task: Task) => FastifyReply

const WORKSPACE: FormSchema = {
  FriendlyName: RULES.any,
  EventCallbackUrl: { pattern: /^(?:https?:\/\/\S+)?$/, maxLength: 2_048 },
  EventsFilter: RULES.any,
  MultiTaskEnabled: RULES.boolean,
}
const WORKER: FormSchema = {
  FriendlyName: { required: true },
  ActivitySid: sidRule('WA'),
  Attributes: RULES.any,
}
const WORKER_UPDATE: FormSchema = { ActivitySid: { ...sidRule('WA'), required: true } }
const NEW_TASK: FormSchema = {
  Attributes: RULES.any,
  WorkflowSid: sidRule('WW'),
  Priority: RULES.wholeNumber,
  Timeout: RULES.wholeNumber,
  TaskChannel: RULES.any,
}
const TASK_UPDATE: FormSchema = {
  Attributes: RULES.any,
  AssignmentStatus: { oneOf: ['pending', 'reserved', 'assigned', 'canceled', 'completed', 'wrapping'] },
  Reason: RULES.any,
  Priority: RULES.wholeNumber,
}
const RESERVATION_UPDATE: FormSchema = {
  ReservationStatus: {
    required: true,
    oneOf: ['pending', 'accepted', 'rejected', 'timeout', 'canceled', 'rescinded', 'wrapping', 'completed'],
  },
}

const BAD_ATTRIBUTES: Refusal = {
  status: 400,
  code: 20001,
  message: 'Invalid attributes: a JSON object is needed',
}
const UNKNOWN_ACTIVITY: Refusal = { status: 400, code: 20001, message: 'Unknown activity' }
const BAD_STEP: Refusal = { status: 400, code: 20001, message: 'The status cannot be reached from here' }
// TWILIO: 412 is documented for a version that is not the current one, its code is not (read 2026-11).
const CHANGED: Refusal = { status: 412, code: 20412, message: 'Precondition failed' }

/** Serves the parts of TaskRouter that a call meets: workspaces, workers, tasks and their reservations. */
export function serveTaskRouter(app: FastifyInstance, options: TaskRouterRoutesOptions): void {
  const root = '/taskrouter/v1/Workspaces'
  const tasks = `${root}/:workspace/Tasks`
  const { router, accountSid } = options
  serveWorkspaces(app, root, options)
  app.get(tasks, inWorkspace(router, listTasks(options)))
  app.post(tasks, inWorkspace(router, createTask(options)))
  app.get(
    `${tasks}/:task`,
    onTask(router, (_, reply, workspace, task) => sendTask(options, reply, workspace, task)),
  )
  app.post(`${tasks}/:task`, onTask(router, updateTask(options)))
  app.delete(`${tasks}/:task`, onTask(router, deleteTask))
  app.get(`${tasks}/:task/Reservations`, onTask(router, listReservations(options)))
  app.post(`${tasks}/:task/Reservations/:reservation`, onTask(router, updateReservation(options)))
  app.get(
    `${tasks}/:task/Reservations/:reservation`,
    onTask(router, (request, reply, workspace, task) => {
      const found = task.reservations.get(request.params.reservation)
      return found
        ? reply.send(reservationJson(found, task, workspace, accountSid))
        : sendRefusal(reply, notFound())
    }),
  )
  serveLocalPaths(app, options)
}

function serveWorkspaces(
  app: FastifyInstance,
  root: string,
  { router, accountSid }: TaskRouterRoutesOptions,
): void {
  app.post(root, (request, reply) => {
    const form = formOf(request.body)
    const refusal = refusalOf(form, { ...WORKSPACE, FriendlyName: { required: true } })
    if (refusal) return sendRefusal(reply, refusal)
    const made = router.createWorkspace(form.get('FriendlyName') ?? '', form.get('EventCallbackUrl') ?? '')
    return reply.code(201).send(workspaceJson(made, accountSid))
  })
  app.get(
    `${root}/:workspace`,
    inWorkspace(router, (_, reply, found) => reply.send(workspaceJson(found, accountSid))),
  )
  app.post(
    `${root}/:workspace`,
    inWorkspace(router, (request, reply, found) => {
      const form = formOf(request.body)
      const refusal = refusalOf(form, WORKSPACE)
      if (refusal) return sendRefusal(reply, refusal)
      found.eventCallbackUrl = form.get('EventCallbackUrl') ?? found.eventCallbackUrl
      found.friendlyName = form.get('FriendlyName') ?? found.friendlyName
      return reply.send(workspaceJson(found, accountSid))
    }),
  )
  serveWorkers(app, `${root}/:workspace/Workers`, { router, accountSid })
}

function serveWorkers(
  app: FastifyInstance,
  path: string,
  { router, accountSid }: Pick<TaskRouterRoutesOptions, 'router' | 'accountSid'>,
): void {
  app.post(
    path,
    inWorkspace(router, (request, reply, found) => {
      const form = formOf(request.body)
      const refusal = refusalOf(form, WORKER)
      if (refusal) return sendRefusal(reply, refusal)
      const attributes = form.get('Attributes') ?? '{}'
      if (!isJsonObject(attributes)) return sendRefusal(reply, BAD_ATTRIBUTES)
      const name = form.get('FriendlyName') ?? ''
      const worker = router.createWorker(found, name, attributes, form.get('ActivitySid'))
      return reply.code(201).send(workerJson(worker, found, accountSid))
    }),
  )
  app.post(`${path}/:worker`, inWorkspace(router, updateWorker(router, accountSid)))
  app.get(
    path,
    inWorkspace(router, (request, reply, found) => {
      const workers = [...found.workers.values()]
      return sendPage(request, reply, workers, `${workspaceUrl(found)}/Workers`, 'workers', (worker) =>
        workerJson(worker, found, accountSid),
      )
    }),
  )
}

function updateWorker(router: TaskRouter, accountSid: string): InWorkspace {
  return (request, reply, workspace) => {
    const form = formOf(request.body)
    const refusal = refusalOf(form, WORKER_UPDATE)
    if (refusal) return sendRefusal(reply, refusal)
    const worker = workspace.workers.get(request.params.worker)
    if (!worker) return sendRefusal(reply, notFound())
    const isKnown = router.setActivity(workspace, worker, form.get('ActivitySid') ?? '')
    return isKnown
      ? reply.send(workerJson(worker, workspace, accountSid))
      : sendRefusal(reply, UNKNOWN_ACTIVITY)
  }
}

/** What real TaskRouter does by itself, or has no REST request for. */
function serveLocalPaths(
  app: FastifyInstance,
  { router, accountSid, settled }: TaskRouterRoutesOptions,
): void {
  app.post(
    '/_local/taskrouter/:workspace/:task/transfer',
    onTask(router, (_, reply, workspace, task) => {
      const next = router.transfer(workspace, task)
      if (!next) return sendRefusal(reply, BAD_STEP)
      return reply.code(201).send(reservationJson(next, task, workspace, accountSid))
    }),
  )
  app.post('/_local/taskrouter/settled', async (_, reply) => {
    await settled()
    return reply.code(204).send()
  })
}

function inWorkspace(
  router: TaskRouter,
  handle: InWorkspace,
): (request: Request, reply: FastifyReply) => FastifyReply {
  return (request, reply) => {
    const found = router.workspaces.get(request.params.workspace)
    return found ? handle(request, reply, found) : sendRefusal(reply, notFound())
  }
}

function onTask(router: TaskRouter, handle: OnTask): (request: Request, reply: FastifyReply) => FastifyReply {
  return inWorkspace(router, (request, reply, workspace) => {
    const task = workspace.tasks.get(request.params.task)
    return task ? handle(request, reply, workspace, task) : sendRefusal(reply, notFound())
  })
}

function listTasks({ accountSid, clock }: TaskRouterRoutesOptions): InWorkspace {
  return (request, reply, workspace) =>
    sendPage(
      request,
      reply,
      [...workspace.tasks.values()],
      `${workspaceUrl(workspace)}/Tasks`,
      'tasks',
      (task) => taskJson(task, workspace, accountSid, clock()),
    )
}

function listReservations({ accountSid }: TaskRouterRoutesOptions): OnTask {
  return (request, reply, workspace, task) => {
    const url = `${workspaceUrl(workspace)}/Tasks/${task.sid}/Reservations`
    return sendPage(request, reply, [...task.reservations.values()], url, 'reservations', (reservation) =>
      reservationJson(reservation, task, workspace, accountSid),
    )
  }
}

function createTask(options: TaskRouterRoutesOptions): InWorkspace {
  return (request, reply, workspace) => {
    const form = formOf(request.body)
    const refusal = refusalOf(form, NEW_TASK)
    if (refusal) return sendRefusal(reply, refusal)
    const attributes = form.get('Attributes') ?? '{}'
    if (!isJsonObject(attributes)) return sendRefusal(reply, BAD_ATTRIBUTES)
    const workflowSid = form.get('WorkflowSid')
    const task = options.router.createTask(workspace, {
      attributes,
      ...(workflowSid && { workflowSid }),
      ...(form.has('Priority') && { priority: Number(form.get('Priority')) }),
      ...(form.has('Timeout') && { timeoutSeconds: Number(form.get('Timeout')) }),
    })
    return sendTask(options, reply.code(201), workspace, task)
  }
}

function updateTask(options: TaskRouterRoutesOptions): OnTask {
  const { router } = options
  return (request, reply, workspace, task) => {
    const form = formOf(request.body)
    const refusal = refusalOf(form, TASK_UPDATE) ?? outdated(request, task)
    if (refusal) return sendRefusal(reply, refusal)
    const attributes = form.get('Attributes')
    if (attributes !== undefined && !isJsonObject(attributes)) return sendRefusal(reply, BAD_ATTRIBUTES)
    if (!moveAsAsked(router, workspace, task, form)) return sendRefusal(reply, BAD_STEP)
    if (attributes !== undefined) router.setAttributes(workspace, task, attributes)
    return sendTask(options, reply, workspace, task)
  }
}

function moveAsAsked(router: TaskRouter, workspace: Workspace, task: Task, form: Form): boolean {
  const status = form.get('AssignmentStatus') as TaskStatus | undefined
  return status === undefined || router.moveTask(workspace, task, status, form.get('Reason'))
}

const deleteTask: OnTask = (request, reply, workspace, task) => {
  const refusal = outdated(request, task)
  if (refusal) return sendRefusal(reply, refusal)
  workspace.tasks.delete(task.sid)
  return reply.code(204).send()
}

function updateReservation({ router, accountSid }: TaskRouterRoutesOptions): OnTask {
  return (request, reply, workspace, task) => {
    const form = formOf(request.body)
    const refusal = refusalOf(form, RESERVATION_UPDATE)
    if (refusal) return sendRefusal(reply, refusal)
    const found = task.reservations.get(request.params.reservation)
    if (!found) return sendRefusal(reply, notFound())
    const to = form.get('ReservationStatus') as ReservationStatus
    if (!router.moveReservation(workspace, task, found, to)) return sendRefusal(reply, BAD_STEP)
    return reply.send(reservationJson(found, task, workspace, accountSid))
  }
}

function outdated(request: Request, { version }: Task): Refusal | undefined {
  const asked = request.headers['if-match']?.replace(/^"|"$/g, '')
  return asked === undefined || asked === String(version) ? undefined : CHANGED
}

function sendTask(
  { accountSid, clock }: TaskRouterRoutesOptions,
  reply: FastifyReply,
  workspace: Workspace,
  task: Task,
): FastifyReply {
  return reply.header('ETag', String(task.version)).send(taskJson(task, workspace, accountSid, clock()))
}

function sendPage<T extends Positioned>(
  request: FastifyRequest,
  reply: FastifyReply,
  all: readonly T[],
  url: string,
  key: string,
  write: (item: T) => object,
): FastifyReply {
  const asked = readPageRequest(new URL(request.url, 'http://127.0.0.1').searchParams)
  if (asked === undefined) return sendRefusal(reply, INVALID_PAGE)
  const { items, meta } = cutPage(all, asked, url, key)
  return reply.send({ [key]: items.map(write), meta })
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
