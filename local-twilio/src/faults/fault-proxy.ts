import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { listenLocally, type RunningServer } from '../http-listen.ts'
import { forward, readHead } from './forward.ts'
import { misbehave } from './misbehave.ts'
import type { FaultRegistry } from './registry.ts'

/** Where the proxy stands and whom it lets misbehave. */
export interface FaultProxyOptions {
  /** Address of the memory server, `http://host:port`. */
  readonly target: string
  readonly registry: FaultRegistry
  /** Dates the answers that the proxy gives itself. */
  readonly clock: Clock
  /** 0, any free one, unless given. */
  readonly port?: number
  /** How long `memory-slow` holds a client that does not give up. 30,000 unless given. */
  readonly slowLimitMs?: number
}

// Far above any request of the memory's API. A longer body passes through without being searched.
const SEARCHED_BYTES = 1024 * 1024

/**
 * Starts a proxy before the memory server. A request whose JSON body names a call with a registered fault
 * meets that fault; every other one passes through as it is.
 *
 * @throws CM_USAGE when the target is not a plain http address.
 * @throws CM_LOCAL_SYSTEM when the port cannot be had.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<RunningServer> {
  const { target, port = 0 } = options
  if (!URL.canParse(target) || !/^http:\/\/[^/]+\/?$/.test(target)) {
    throw new CallerMemoryError('CM_USAGE', 'the fault proxy needs a target of the form http://host:port')
  }
  const server = http.createServer((request, response) => {
    void handle(options, new URL(target), request, response)
  })
  return listenLocally(server, port)
}

async function handle(
  { registry, clock, slowLimitMs = 30_000 }: FaultProxyOptions,
  target: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const head = await readHead(request, SEARCHED_BYTES)
  if (head === undefined) return
  const callId = head.complete ? callIdOf(head.bytes.toString('utf8')) : undefined
  const fault = callId === undefined ? undefined : registry.find(callId)
  if (fault === undefined) return forward(request, response, head, target)
  response.setHeader('Date', clock().toUTCString())
  misbehave(fault, { request, response, slowLimitMs })
}

/** The `call_id` of a JSON body; undefined when the body is anything else. */
function callIdOf(body: string): string | undefined {
  if (!body.trimStart().startsWith('{')) return undefined
  try {
    const { call_id: callId } = JSON.parse(body) as { call_id?: unknown }
    return typeof callId === 'string' ? callId : undefined
  } catch {
    return undefined
  }
}
