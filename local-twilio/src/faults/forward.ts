import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { ErrorBody } from '../../../src/contract.ts'

/** The beginning of a request's body, and whether that is all of it. */
export interface BodyHead {
  readonly bytes: Buffer
  readonly complete: boolean
}

/**
 * Reads a body up to `limitBytes`; what lies beyond stays in the stream. The value is undefined when the
 * client left before its end.
 */
export function readHead(request: IncomingMessage, limitBytes: number): Promise<BodyHead | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const finish = (head: BodyHead | undefined): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      resolve(head)
    }
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= limitBytes) return
      request.pause()
      finish({ bytes: Buffer.concat(chunks), complete: false })
    }
    const onEnd = (): void => finish({ bytes: Buffer.concat(chunks), complete: true })
    const onClose = (): void => finish(undefined)
    request.on('data', onData).once('end', onEnd).once('close', onClose)
  })
}

/**
 * Passes a request on to `target` and its answer back, without a change to status, headers or bytes. A target
 * that cannot be reached is answered 502; one that breaks off breaks the client's connection off too.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  head: BodyHead,
  target: URL,
): void {
  const upstream = http.request({
    hostname: target.hostname,
    port: target.port,
    path: request.url ?? '/',
    method: request.method ?? 'GET',
    // As they came, with their case and order; Node adds neither Host nor Connection to a list.
    headers: request.rawHeaders,
    agent: false,
  })
  upstream.once('response', (answer) => {
    response.sendDate = false
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', answer.rawHeaders)
    pipeline(answer, response, () => undefined)
  })
  upstream.once('error', () => {
    if (response.headersSent) response.destroy()
    else answerUnreachable(response)
  })
  response.once('close', () => upstream.destroy())
  upstream.write(head.bytes)
  if (head.complete) upstream.end()
  else request.pipe(upstream)
}

function answerUnreachable(response: ServerResponse): void {
  const body: ErrorBody = { error: 'Bad Gateway', message: 'the memory server cannot be reached' }
  response.writeHead(502, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
