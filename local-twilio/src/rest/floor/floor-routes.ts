import type { FastifyInstance, FastifyReply } from 'fastify'
import type { FloorEvent, FloorOpening } from '../../flex/floor.ts'
import type { TaskRouter } from '../taskrouter/store.ts'
import { sendRefusal } from '../twilio-error.ts'
import { serveCallerLines } from './caller-lines.ts'
import { type FloorFeed, OPEN } from './floor-feed.ts'
import { type LocalFloor, openFloor } from './local-floor.ts'
import { viewActivity, viewReservation, viewWorker } from './floor-view.ts'

/** What the floor needs of the functions that send calls to it. */
export interface FloorHost {
  readonly functionsUrl: () => string
  /** Sends calls to the floor's workflow from now on, and lets desktops at these origins ask. */
  readonly staff: (
    floor: Pick<FloorOpening, 'workspaceSid' | 'workflowSid'>,
    origins: readonly string[],
  ) => void
  /** Takes `staff` back. */
  readonly close: () => void
}

/** What the floor's routes work on. */
export interface FloorRoutesOptions {
  readonly accountSid: string
  readonly router: TaskRouter
  readonly feed: FloorFeed
  readonly host: FloorHost
}

/**
 * Serves what stands between TaskRouter and Flex's desktops on this machine; no such path exists at Twilio.
 * `GET /_local/floor` attaches desktops and streams events, one line of JSON each, as long as it stays open;
 * `POST /_local/floor/origins` names the desktops' addresses; `POST /_local/floor/calls` is a caller's line.
 */
export function serveFloor(app: FastifyInstance, options: FloorRoutesOptions): void {
  const { host, router } = options
  const state: { floor?: LocalFloor } = {}
  const floor = (): LocalFloor => (state.floor ??= openFloor(router, host.functionsUrl()))
  app.get('/_local/floor', (_request, reply) => streamFloor(reply, floor(), options))
  app.post('/_local/floor/origins', (request, reply) => {
    const origins = originsOf(request.body)
    if (!origins) return sendRefusal(reply, { status: 400, code: 20001, message: BAD_ORIGINS })
    const { workspace, workflowSid } = floor()
    host.staff({ workspaceSid: workspace.sid, workflowSid }, origins)
    return reply.code(204).send()
  })
  serveCallerLines(app, { ...options, staffed: () => (state.floor?.attached ? state.floor : undefined) })
}

const BAD_ORIGINS = 'origins: expected a list of addresses such as http://127.0.0.1:4100'

function originsOf(body: unknown): readonly string[] | undefined {
  const { origins } = (body ?? {}) as { readonly origins?: unknown }
  if (!Array.isArray(origins)) return undefined
  const list = origins.map(String)
  return list.every((origin) => /^http:\/\/127\.0\.0\.1:\d+$/.test(origin)) ? list : undefined
}

function streamFloor(
  reply: FastifyReply,
  floor: LocalFloor,
  { feed, host, accountSid }: FloorRoutesOptions,
): FastifyReply {
  const stream = reply.hijack().raw
  stream.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const send = (line: FloorOpening | FloorEvent): void => void stream.write(`${JSON.stringify(line)}\n`)
  floor.attached += 1
  send(openingOf(floor, accountSid))
  const stop = feed.listen({ onEvent: send })
  stream.once('close', () => {
    stop()
    floor.attached -= 1
    if (floor.attached === 0) host.close()
  })
  return reply
}

function openingOf({ workspace, workflowSid, queueSid }: LocalFloor, accountSid: string): FloorOpening {
  const reservations = [...workspace.tasks.values()].flatMap((task) =>
    [...task.reservations.values()].flatMap((held) =>
      OPEN.has(held.status) ? [viewReservation(held, task)] : [],
    ),
  )
  return {
    kind: 'opening',
    accountSid,
    workspaceSid: workspace.sid,
    workflowSid,
    queueSid,
    workers: [...workspace.workers.values()].map(viewWorker),
    activities: workspace.activities.map(viewActivity),
    reservations,
  }
}
