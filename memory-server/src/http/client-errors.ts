import { STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorBody } from '../../../src/contract.ts'
import type { Log } from '../../../src/log.ts'

/** Answers on a connection whose bytes are no request, so that no route is ever asked. */
export type AnswerClientError = (error: { readonly code?: string }, socket: Socket) => void

const LINGER_MS = 500

/**
 * Creates the one place that answers what is no HTTP, too slow, or too much of a header. The envelope is the same.
 * The connection is closed half a second later at most: at once, the system would throw the answer away where the
 * client is still sending.
 */
export function createClientErrorAnswer(log: Log): AnswerClientError {
  return ({ code }, socket) => {
    // Whoever reset the connection hears nothing any more. What comes after the first fault is a fault as well.
    if (code === 'ECONNRESET' || socket.destroyed || socket.writableEnded) return
    const { status, message } = failureOf(code)
    log('warn', 'request failed', { route: 'none', status, code: 'CM_PAYLOAD_INVALID' })
    socket.end(answerOf(status, message))
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(timer)).once('end', () => socket.destroySoon())
    if (socket.readableEnded) socket.destroySoon()
  }
}

/** The limits of time for a request to come in, and how often they are looked at. */
interface TimeLimits {
  readonly requestTimeout: number
  readonly http: { readonly headersTimeout: number; readonly connectionsCheckingInterval: number }
}

/**
 * Gives a request this long, its headers included, before it is answered 408. Node takes the longer of its two limits
 * for the whole request, and looks every 30 seconds unless told otherwise.
 */
export function timeLimits(requestTimeoutMs: number): TimeLimits {
  const connectionsCheckingInterval = Math.min(500, requestTimeoutMs)
  return {
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval },
  }
}

/**
 * Closes a connection after a request that asks for another protocol, which is answered as if it had not. Node
 * (observed with 20.20, 2026-11) does not tell of broken requests that follow it: they would never be answered.
 */
export function hangUpAfterOddHeaders(server: Server): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.upgrade !== undefined) response.setHeader('connection', 'close')
  })
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, { connection: 'close' }).end()
  })
}

function failureOf(code: string | undefined): { readonly status: number; readonly message: string } {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, message: 'The request did not come in time' }
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, message: 'The headers are too large' }
  return { status: 400, message: 'The request is not well-formed HTTP' }
}

function answerOf(status: number, message: string): string {
  const error = STATUS_CODES[status] ?? 'Error'
  const body: ErrorBody = { error, message }
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${status} ${error}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Content-Type: application/json; charset=utf-8',
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}
