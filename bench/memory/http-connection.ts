import { connect } from 'node:net'

/** An answer as a load needs it. */
export interface LeanAnswer {
  readonly status: number
  readonly body: string
}

/** One connection that is kept, for one request at a time. */
export interface HttpConnection {
  readonly send: (request: string) => Promise<LeanAnswer>
  readonly close: () => void
}

/** What every request of a load has in common. */
export interface RequestHead {
  readonly host: string
  readonly apiKey: string
}

/** A request as it goes over the wire. The body is ASCII, so its length is that of the text. */
export function postRequest(path: string, { host, apiKey }: RequestHead, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${apiKey}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/** Opens a connection. Node's own client costs more than the server that it measures, so this reads just enough. */
export function openConnection(port: number): Promise<HttpConnection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.setEncoding('latin1')
  let received = ''
  let answer: ((given: LeanAnswer) => void) | undefined
  const finish = (given: LeanAnswer): void => {
    const waiting = answer
    answer = undefined
    waiting?.(given)
  }
  socket.on('data', (chunk: string) => {
    received += chunk
    const headEnd = received.indexOf('\r\n\r\n')
    if (headEnd === -1) return
    const length = lengthOf(received, headEnd)
    if (received.length < headEnd + 4 + length) return
    const given = { status: Number(received.slice(9, 12)), body: received.slice(headEnd + 4) }
    received = ''
    finish(given)
  })
  socket.on('error', () => undefined)
  socket.on('close', () => finish({ status: 0, body: '' }))
  const send = (request: string): Promise<LeanAnswer> =>
    new Promise((done) => {
      answer = done
      if (socket.destroyed) finish({ status: 0, body: '' })
      else socket.write(request, 'latin1')
    })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => resolve({ send, close: () => void socket.destroy() }))
  })
}

const LENGTH = 'content-length: '

function lengthOf(received: string, headEnd: number): number {
  const from = received.indexOf(LENGTH)
  if (from === -1 || from > headEnd) throw new Error('the server gave no content-length')
  return Number.parseInt(received.slice(from + LENGTH.length, from + LENGTH.length + 10), 10)
}
