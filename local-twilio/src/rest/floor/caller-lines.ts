import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Task } from '../taskrouter/model.ts'
import type { TaskRouter } from '../taskrouter/store.ts'
import { sendRefusal } from '../twilio-error.ts'
import type { FloorFeed } from './floor-feed.ts'
import type { LocalFloor } from './local-floor.ts'

/** What callers' lines work on. */
export interface CallerLinesOptions {
  readonly accountSid: string
  readonly router: TaskRouter
  readonly feed: FloorFeed
  /** The floor, while somebody is there. */
  readonly staffed: () => LocalFloor | undefined
}

/** How far a caller in the queue is. */
export type LineState = 'waiting' | 'answered' | 'over'

/**
 * Serves `POST /_local/floor/calls`: puts a call before the agents as a task and streams how far it is, a line of
 * JSON each. The connection is the caller's line: closing it is hanging up. Refused with 409 while no agent is there.
 */
export function serveCallerLines(app: FastifyInstance, options: CallerLinesOptions): void {
  const { router, staffed } = options
  app.post('/_local/floor/calls', (request, reply) => {
    const call = callOf(request.body)
    if (!call) return sendRefusal(reply, { status: 400, code: 20001, message: BAD_CALL })
    const floor = staffed()
    if (!floor) return sendRefusal(reply, { status: 409, code: 20001, message: 'No agent is there' })
    const task = router.createTask(floor.workspace, {
      attributes: JSON.stringify(attributesOf(call, options.accountSid)),
      workflowSid: call.workflowSid,
      priority: call.priority,
    })
    return streamLine(reply, task, floor, options)
  })
}

const BAD_CALL = 'expected call_sid, from, to, workflow_sid and task_attributes, a text of a JSON object'

interface WaitingCall {
  readonly callSid: string
  readonly from: string
  readonly to: string
  readonly workflowSid: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly priority: number
}

function callOf(body: unknown): WaitingCall | undefined {
  const fields = (body ?? {}) as Readonly<Record<string, unknown>>
  const { call_sid: callSid, from, to, workflow_sid: workflowSid, priority = 0 } = fields
  const attributes = objectOf(fields['task_attributes'] ?? '{}')
  const texts = [callSid, from, to, workflowSid].every((value) => typeof value === 'string')
  if (!texts || !attributes || typeof priority !== 'number') return undefined
  return { callSid, from, to, workflowSid, attributes, priority } as WaitingCall
}

function objectOf(text: unknown): WaitingCall['attributes'] | undefined {
  try {
    const value: unknown = JSON.parse(String(text))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as WaitingCall['attributes']) : undefined
  } catch {
    return undefined
  }
}

/** TWILIO adds the call's own parameters to the task of an `<Enqueue>` (TaskRouter, TwiML queues, read 2026-11). */
function attributesOf(
  { attributes, callSid, from, to }: WaitingCall,
  accountSid: string,
): Readonly<Record<string, unknown>> {
  return {
    ...attributes,
    call_sid: callSid,
    account_sid: accountSid,
    api_version: '2010-04-01',
    direction: 'inbound',
    from,
    caller: from,
    to,
    called: to,
  }
}

function streamLine(
  reply: FastifyReply,
  task: Task,
  { workspace }: LocalFloor,
  { router, feed }: CallerLinesOptions,
): FastifyReply {
  const stream = reply.hijack().raw
  stream.writeHead(200, { 'content-type': 'application/x-ndjson' })
  let last: LineState | undefined
  const tell = (): void => {
    const state = stateOf(task)
    if (state === last) return
    last = state
    stream.write(`${JSON.stringify({ state, task_sid: task.sid })}\n`)
    if (state === 'over') stream.end()
  }
  const stop = feed.listen({ onTask: (changed) => changed === task && tell() })
  stream.once('close', () => {
    stop()
    // A no-op when the task is past it.
    router.moveTask(workspace, task, isHeld(task) ? 'wrapping' : 'canceled', 'hangup')
  })
  tell()
  return reply
}

const isHeld = ({ status }: Task): boolean => status === 'assigned'

function stateOf({ status }: Task): LineState {
  if (status === 'assigned') return 'answered'
  return status === 'pending' || status === 'reserved' ? 'waiting' : 'over'
}
