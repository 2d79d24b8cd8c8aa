import { createRawClient } from '../hostile/raw-client.ts'
import { startTestServer } from '../support.ts'
import type { TestServer } from '../support.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

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
