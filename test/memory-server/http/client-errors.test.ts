import { connect } from 'node:net'
import { createRawClient } from '../hostile/raw-client.ts'
import { API_KEY, startTestServer } from '../support.ts'
import type { TestServer } from '../support.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(undefined, { requestTimeoutMs: 150 })
})
afterAll(() => server.close())

/** Sends pieces one after the other and answers everything that came back before the server closed the connection. */
async function sendUntilClosed(pieces: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  let seen = ''
  socket.on('data', (chunk) => (seen += chunk.toString())).on('error', () => undefined)
  const closed = new Promise((resolve) => void socket.once('close', resolve))
  for (const piece of pieces) {
    await new Promise((resolve) => void socket.write(piece, resolve))
    await new Promise((resolve) => void setTimeout(resolve, 5))
  }
  await closed
  return seen
}

const statusesIn = (seen: string): readonly number[] =>
  Array.from(seen.matchAll(/HTTP\/1\.1 (\d+) /g), ([, status]) => Number(status))

const HOST = 'host: localhost\r\n'
const AUTHORIZED = `${HOST}authorization: Bearer ${API_KEY}\r\n`
const MANY_HEADERS = Array.from({ length: 40 }, (_, index) => `x-${index}: ${'y'.repeat(1000)}\r\n`)

test.each<readonly [string, readonly string[], readonly number[]]>([
  ['an unknown method', [`FOO / HTTP/1.1\r\n${HOST}\r\n`], [400]],
  ['a header with a space in its name', [`GET / HTTP/1.1\r\n${HOST}bad header: x\r\n\r\n`], [400]],
  ['a header with a control character', [`GET / HTTP/1.1\r\n${HOST}x: a\u0001b\r\n\r\n`], [400]],
  ['a length that is no number', [`POST / HTTP/1.1\r\n${HOST}content-length: 1e3\r\n\r\n`], [400]],
  [
    'a length beside chunks',
    [`POST / HTTP/1.1\r\n${HOST}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n`],
    [400],
  ],
  [
    'a chunk without a length',
    [`POST /v1/calls/start HTTP/1.1\r\n${AUTHORIZED}transfer-encoding: chunked\r\n\r\n`, 'zz\r\n'],
    [400],
  ],
  ['another version of HTTP', [`GET /healthz HTTP/3.7\r\n${HOST}\r\n`], [400]],
  ['a connection on which nothing comes', [], [408]],
  ['headers that stop', [`GET / HTTP/1.1\r\n${HOST}`], [408]],
  ['a body that stops', [`POST /v1/calls/start HTTP/1.1\r\n${AUTHORIZED}content-length: 9\r\n\r\n{`], [408]],
  ['an expectation that nobody meets', [`GET /healthz HTTP/1.1\r\n${HOST}expect: teapot\r\n\r\n`], [417]],
  ['a tunnel', [`CONNECT localhost:1 HTTP/1.1\r\n${HOST}\r\n`], []],
  [
    'what is broken behind a good request',
    [`GET /healthz HTTP/1.1\r\n${HOST}\r\n`, `FOO / HTTP/1.1\r\n${HOST}\r\n`],
    [200, 400],
  ],
  [
    'what is broken behind a request for another protocol',
    [
      `POST /v1/calls/start HTTP/1.1\r\n${AUTHORIZED}connection: upgrade\r\nupgrade: websocket\r\ncontent-length: 2\r\n\r\n{}`,
      `FOO / HTTP/1.1\r\n${HOST}\r\n`,
    ],
    [400],
  ],
])('%s is answered or hung up on', async (_, pieces, statuses) => {
  expect(statusesIn(await sendUntilClosed(pieces))).toEqual(statuses)
  expect((await server.request('/healthz')).status).toBe(200)
})

test('headers that never end are too large or too slow, whichever comes first', async () => {
  const pieces = [`GET / HTTP/1.1\r\n${HOST}`, ...MANY_HEADERS]
  const statuses = statusesIn(await sendUntilClosed(pieces))
  expect([[431], [408]]).toContainEqual(statuses)
})

test('a request for another protocol is answered as if it had not asked', async () => {
  const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\n'
  const seen = await sendUntilClosed([`GET /healthz HTTP/1.1\r\n${HOST}${upgrade}\r\n`])
  expect([statusesIn(seen), seen]).toEqual([[200], expect.stringMatching(/^connection: close\r$/im)])
})

test('a client that does not finish its request holds up the end of the server for a moment only', async () => {
  const stopping = await startTestServer(undefined, { requestTimeoutMs: 150 })
  const socket = connect(Number(new URL(stopping.url).port), '127.0.0.1')
  const closed = new Promise((resolve) => void socket.once('close', resolve))
  socket.on('error', () => undefined).resume()
  socket.write(`POST /v1/calls/start HTTP/1.1\r\n${AUTHORIZED}content-length: 9\r\n\r\n{`)
  await stopping.request('/healthz')
  await Promise.all([stopping.close(), closed])
  expect(socket.destroyed).toBe(true)
})

test('a client that goes on sending gets the answer to what was wrong', async () => {
  const noise = Array.from({ length: 20 }, () => 'z'.repeat(4000))
  expect(statusesIn(await sendUntilClosed([`FOO / HTTP/1.1\r\n${HOST}`, ...noise]))).toEqual([400])
})

test.each([
  ['what is no HTTP', 'HELLO\r\n\r\n', 400, 'Bad Request', 'The request is not well-formed HTTP'],
  [
    'a header that is too large',
    `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-large: ${'+12025550101'.repeat(2000)}\r\n\r\n`,
    431,
    'Request Header Fields Too Large',
    'The headers are too large',
  ],
])(
  '%s is refused in the envelope of every failure, logged, and not repeated',
  async (_, bytes, status, error, message) => {
    server.logLines.length = 0
    const client = createRawClient(Number(new URL(server.url).port))
    const answer = await client.send(Buffer.from(bytes), 'GET', true)
    client.close()
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { error, message }])
    expect(server.logLines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { level: 'warn', message: 'request failed', route: 'none', status, code: 'CM_PAYLOAD_INVALID' },
    ])
    expect((await server.request('/healthz')).status).toBe(200)
  },
)
