import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { ErrorBody } from '../../../src/contract.ts'
import type { FaultName } from './fault-names.ts'

/** One request that is to be answered badly. */
export interface Victim {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** When a client that waits for ever is cut off. */
  readonly slowLimitMs: number
}

type Misbehaviour = (victim: Victim) => void

const LOGIN_PAGE = `<!doctype html>
<html lang="en"><head><title>Sign in</title></head>
<body><form method="post"><label>Password <input type="password"></label></form></body></html>
`

const MISBEHAVIOURS: Readonly<Record<FaultName, Misbehaviour>> = {
  'memory-down': ({ request }) => request.socket.destroy(),
  'memory-slow': answerNever,
  'memory-401': answerStatus(401, 'the API key is missing or wrong'),
  'memory-402': answerStatus(402, 'the monthly quota is used up'),
  'memory-409': answerStatus(409, 'call_id was used with another body'),
  'memory-429': answerStatus(429, 'too many requests', { 'Retry-After': '60' }),
  'memory-500': answerStatus(500, 'an unexpected error occurred'),
  'memory-503': answerStatus(503, 'down for maintenance'),
  'memory-html': ({ response }) => answer(response, 'text/html; charset=utf-8', LOGIN_PAGE),
  'memory-garbage': ({ response }) => answer(response, 'application/json', '{"call_id": undefined, }}'),
  'memory-half-json': answerHalf,
  'memory-huge': ({ response }) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    // A client that gives up early ends the stream; there is nobody left to tell.
    pipeline(Readable.from(hugeJson()), response, () => undefined)
  },
  'memory-empty': ({ response }) => response.writeHead(200, { 'Content-Length': '0' }).end(),
  'memory-wrong-shape': ({ response }) =>
    answer(
      response,
      'application/json',
      '{"object":"list","items":[{"id":1,"state":"ok"}],"has_more":false}',
    ),
}

/** Answers a request in the way that the fault describes, instead of the memory. */
export function misbehave(fault: FaultName, victim: Victim): void {
  MISBEHAVIOURS[fault](victim)
}

function answer(response: ServerResponse, contentType: string, body: string): void {
  response.writeHead(200, { 'Content-Type': contentType }).end(body)
}

function answerStatus(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Misbehaviour {
  const body: ErrorBody = { error: STATUS_CODES[status] ?? 'Error', message }
  return ({ response }) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}

function answerNever({ request, response, slowLimitMs }: Victim): void {
  const timer = setTimeout(() => request.socket.destroy(), slowLimitMs)
  response.once('close', () => clearTimeout(timer))
}

function answerHalf({ request, response }: Victim): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '512' })
  response.write('{"call_id":"CA', () => request.socket.destroy())
}

const HUGE_BYTES = 10 * 1024 * 1024
const HUGE_PART_BYTES = 64 * 1024

/** An answer that begins like a real one and holds more variables than any caller has. */
function* hugeJson(): Generator<string> {
  const filler = 'x'.repeat(HUGE_PART_BYTES)
  yield '{"call_id":"huge","customer_ref":"huge","call_start":"2026-01-01T00:00:00.000Z",'
  yield '"identity":{"confidence":0,"level":"low","sources":[],"recommendation":"ignore"},'
  yield '"open_intents":[],"variables":{"v":{"value":"","source":null,"ttl_seconds":60}'
  for (let sent = 0, part = 0; sent < HUGE_BYTES; sent += HUGE_PART_BYTES, part += 1) {
    yield `,"v${part}":{"value":"${filler}","source":null,"ttl_seconds":60}`
  }
  yield '}}'
}
