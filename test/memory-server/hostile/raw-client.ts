import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** An answer as it came. The status is 0 when the connection was closed without one, -1 when none came in time. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Sends bytes, one request after the other, on one connection as long as the server keeps it. */
export interface RawClient {
  /** With `isCutOff` the client says that no more comes, and the connection is not used again. */
  readonly send: (bytes: Buffer, method: string, isCutOff: boolean) => Promise<RawAnswer>
  readonly close: () => void
}

const ANSWER_TIMEOUT_MS = 15_000
const NONE: RawAnswer = { status: 0, headers: new Headers(), text: '' }

/** Creates a client of the server on this port of 127.0.0.1. */
export function createRawClient(port: number): RawClient {
  let kept: Socket | undefined
  const open = async (): Promise<Socket> => {
    if (kept && !kept.destroyed && kept.writable) return kept
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
    return socket
  }
  return {
    send: async (bytes, method, isCutOff) => {
      const socket = await open()
      if (socket.destroyed) return NONE
      const answering = readAnswer(socket, method)
      if (isCutOff) socket.end(bytes)
      else socket.write(bytes)
      const answer = await answering
      const isDone = isCutOff || answer.status <= 0 || answer.headers.get('connection') === 'close'
      if (isDone) socket.destroy()
      kept = isDone ? undefined : socket
      return answer
    },
    close: () => kept?.destroy(),
  }
}

function readAnswer(socket: Socket, method: string): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0)
    const finish = (answer: RawAnswer): void => {
      clearTimeout(timer)
      socket.off('data', onData).off('close', onClose)
      resolve(answer)
    }
    const onClose = (): void => finish(answerIn(seen, method, true) ?? NONE)
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk])
      const answer = answerIn(seen, method, false)
      if (answer) finish(answer)
    }
    const timer = setTimeout(() => finish({ ...NONE, status: -1 }), ANSWER_TIMEOUT_MS)
    socket.on('data', onData).once('close', onClose)
  })
}

/** The answer in what has come so far; undefined while it is not whole. A 100 is no answer. */
function answerIn(seen: Buffer, method: string, isClosed: boolean): RawAnswer | undefined {
  const end = seen.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = seen.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(first.split(' ')[1])
  const rest = seen.subarray(end + 4)
  if (status === 100) return answerIn(rest, method, isClosed)
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )
  const length = method === 'HEAD' ? 0 : Number(headers.get('content-length') ?? 0)
  if (rest.length < length && !isClosed) return undefined
  return { status, headers, text: rest.subarray(0, length).toString() }
}
