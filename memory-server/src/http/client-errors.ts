import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ErrorBody } from '../../../src/contract.ts'
import type { Log } from '../../../src/log.ts'

/** Answers on a connection whose bytes are no request, so that no route is ever asked. */
export type AnswerClientError = (error: { readonly code?: string }, socket: Socket) => void

/** Creates the one place that answers what is no HTTP, too slow, or too much of a header. The envelope is the same. */
export function createClientErrorAnswer(log: Log): AnswerClientError {
  return ({ code }, socket) => {
    // Whoever reset the connection hears nothing any more.
    if (code === 'ECONNRESET' || socket.destroyed) return
    const { status, message } = failureOf(code)
    log('warn', 'request failed', { route: 'none', status, code: 'CM_PAYLOAD_INVALID' })
    if (socket.writable) socket.write(answerOf(status, message))
    socket.destroy()
  }
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
