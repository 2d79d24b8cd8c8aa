import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a test server saw it. */
export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server on a free port of 127.0.0.1 that answers as the test says. */
export interface TestServer {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  readonly close: () => Promise<void>
}

export type Answer = (response: ServerResponse, request: SeenRequest, count: number) => void

/** Starts a test server. `answer` also gets the number of requests so far, this one included. */
export async function startTestServer(answer: Answer): Promise<TestServer> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const entry = { path: request.url ?? '', headers: request.headers, body }
      seen.push(entry)
      answer(response, entry, seen.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
