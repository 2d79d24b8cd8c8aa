import http from 'node:http'
import net from 'node:net'
import { gzipSync } from 'node:zlib'
import { FAULTS, type FaultName } from '../../../local-twilio/src/faults/fault-names.ts'
import { startFaultProxy } from '../../../local-twilio/src/faults/fault-proxy.ts'
import { createFaultRegistry, type FaultRegistry } from '../../../local-twilio/src/faults/registry.ts'
import { listenLocally, type RunningServer } from '../../../local-twilio/src/http-listen.ts'
import { sendRaw, type RawAnswer } from '../functions/raw-request.ts'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

const clock = (): Date => new Date(Date.UTC(2026, 10, 20, 18))
const GZIPPED = gzipSync('{"customer_ref":"c-1"}')

const ANSWER_HEADERS = [
  ['X-Mixed-Case', 'Yes'],
  ['Set-Cookie', 'a=1'],
  ['Set-Cookie', 'b=2'],
  ['Content-Encoding', 'gzip'],
  ['Content-Length', String(GZIPPED.length)],
  ['Connection', 'close'],
]

let target: RunningServer
let proxy: RunningServer
let registry: FaultRegistry
let seen: Seen[]

beforeAll(async () => {
  seen = []
  const memory = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      const { method, url, rawHeaders } = request
      seen.push({ method, url, rawHeaders, body: Buffer.concat(chunks) })
      if (url === '/breaks-off') {
        response.writeHead(200, { 'Content-Length': '100' })
        response.write('partial', () => request.socket.destroy())
        return
      }
      response.sendDate = false
      response.writeHead(201, 'Made Up', ANSWER_HEADERS.flat())
      response.end(GZIPPED)
    })
  })
  target = await listenLocally(memory, 0)
  registry = createFaultRegistry()
  proxy = await startFaultProxy({ target: target.url, registry, clock, slowLimitMs: 300 })
  for (const { name } of FAULTS) registry.register(`CA-${name}`, name)
})

afterAll(async () => {
  await proxy.close()
  await target.close()
})

const start = (callId: string, url = proxy.url): Promise<RawAnswer> =>
  sendRaw(url, {
    method: 'POST',
    path: '/v1/calls/start',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer test' },
    body: JSON.stringify({ call_id: callId, identity_hints: { ani: '+12025550142' } }),
  })
const meet = (fault: FaultName): Promise<RawAnswer> => start(`CA-${fault}`)

/** Everything that comes back on the wire for one request, until the other side closes. */
const wire = (url: string, text: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.once('error', reject).once('close', () => resolve(Buffer.concat(chunks)))
  })

describe('without a fault', () => {
  const body = '{ "call_id" : "CA-healthy", "text": "é" }'
  const request = [
    'POST /v1/calls/start?x=%2F&y HTTP/1.1',
    'Host: memory.example:99',
    'x-ODD-case: 1',
    'X-Twice: a',
    'X-Twice: b',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')

  it('the memory gets and the client gets exactly what they get without the proxy', async () => {
    seen.length = 0
    const direct = await wire(target.url, request)
    const proxied = await wire(proxy.url, request)
    expect(proxied.equals(direct)).toBe(true)
    expect(direct.includes(GZIPPED)).toBe(true)
    expect(seen).toHaveLength(2)
    expect(seen[1]).toEqual(seen[0])
    expect(seen[1]).toMatchObject({ method: 'POST', url: '/v1/calls/start?x=%2F&y', body: Buffer.from(body) })
  })

  it.each([
    ['a GET without a body', 'GET', ''],
    ['text that is not JSON', 'POST', 'call_id=CA-memory-500'],
    ['JSON that does not parse', 'POST', '{"call_id":"CA-memory-500"'],
    ['JSON without a call_id', 'POST', '{"call":"CA-memory-500"}'],
    ['a call_id that is no text', 'POST', '{"call_id":["CA-memory-500"]}'],
    ['a list', 'POST', '[{"call_id":"CA-memory-500"}]'],
  ])('%s passes', async (_name, method, text) => {
    expect((await sendRaw(proxy.url, { method, path: '/v1/x', body: text })).status).toBe(201)
    expect(seen.at(-1)).toMatchObject({ method, url: '/v1/x', body: Buffer.from(text) })
  })

  it('a chunked body passes, and so does one that is too long to be searched', async () => {
    const long = `{"call_id":"CA-memory-500","text":"${'x'.repeat(2 * 1024 * 1024)}"}`
    const headers = { 'Transfer-Encoding': 'chunked' }
    for (const text of ['{"call_id":"CA-healthy"}', long]) {
      expect((await sendRaw(proxy.url, { method: 'POST', path: '/v1/x', headers, body: text })).status).toBe(
        201,
      )
      expect(seen.at(-1)?.body.toString()).toBe(text)
    }
  })

  it('a client that leaves in the middle of its body harms nobody', async () => {
    for (const sent of ['{"call_id":', 'x'.repeat(2 * 1024 * 1024)]) {
      const socket = net.connect(proxy.port, '127.0.0.1')
      socket.write(`POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n${sent}`)
      await new Promise((resolve) => setTimeout(resolve, 30))
      socket.destroy()
    }
    expect((await start('CA-healthy')).status).toBe(201)
  })

  it('an answer that breaks off breaks off', async () => {
    await expect(sendRaw(proxy.url, { path: '/breaks-off' })).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('a memory that cannot be reached is answered 502', async () => {
    const gone = await listenLocally(http.createServer(), 0)
    await gone.close()
    const lonely = await startFaultProxy({ target: gone.url, registry, clock })
    const answer = await start('CA-healthy', lonely.url)
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.body)).toEqual({
      error: 'Bad Gateway',
      message: 'the memory server cannot be reached',
    })
    await lonely.close()
  })
})

describe('with a fault', () => {
  it('the memory hears nothing, and other calls are served', async () => {
    seen.length = 0
    expect((await meet('memory-500')).status).toBe(500)
    expect(seen).toHaveLength(0)
    expect((await start('CA-healthy')).status).toBe(201)
    expect(seen).toHaveLength(1)
  })

  it('memory-down cuts the connection before any answer', async () => {
    await expect(meet('memory-down')).rejects.toMatchObject({ code: 'ECONNRESET' })
    const body = '{"call_id":"CA-memory-down"}'
    const sent = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    expect((await wire(proxy.url, sent)).length).toBe(0)
  })

  it('memory-slow never answers, lets the client go, and cuts it off at its limit', async () => {
    const impatient = fetch(`${proxy.url}/v1/calls/start`, {
      method: 'POST',
      body: '{"call_id":"CA-memory-slow"}',
      signal: AbortSignal.timeout(50),
    })
    await expect(impatient).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(meet('memory-slow')).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it.each([
    ['memory-401', 401, 'Unauthorized'],
    ['memory-402', 402, 'Payment Required'],
    ['memory-409', 409, 'Conflict'],
    ['memory-429', 429, 'Too Many Requests'],
    ['memory-500', 500, 'Internal Server Error'],
    ['memory-503', 503, 'Service Unavailable'],
  ] as const)('%s answers %d as the memory does', async (fault, status, error) => {
    const answer = await meet(fault)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toEqual({ error, message: expect.any(String) })
    expect(answer.headers['retry-after']).toBe(status === 429 ? '60' : undefined)
    expect(answer.headers.date).toBe('Fri, 20 Nov 2026 18:00:00 GMT')
  })

  it('memory-html answers a page where JSON is expected', async () => {
    const answer = await meet('memory-html')
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(answer.body).toMatch(/^<!doctype html>/)
  })

  it('memory-garbage answers JSON that does not parse', async () => {
    const answer = await meet('memory-garbage')
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
    expect(answer.body).not.toBe('')
    expect(() => JSON.parse(answer.body) as unknown).toThrow(SyntaxError)
  })

  it('memory-half-json announces more than it sends and cuts the connection', async () => {
    await expect(meet('memory-half-json')).rejects.toMatchObject({ code: 'ECONNRESET' })
    const body = '{"call_id":"CA-memory-half-json"}'
    const sent = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const received = (await wire(proxy.url, sent)).toString()
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(received).toContain('Content-Length: 512\r\n')
    expect(received).toMatch(/\r\n\r\n\{"call_id":"CA$/)
  })

  it('memory-huge answers more than 10 MB of JSON that parses', async () => {
    const answer = await meet('memory-huge')
    expect(answer.status).toBe(200)
    expect(answer.body.length).toBeGreaterThan(10 * 1024 * 1024)
    expect(JSON.parse(answer.body)).toMatchObject({ identity: { confidence: 0 }, open_intents: [] })
  })

  it('memory-huge lets a client go that reads only the beginning', async () => {
    const answer = await fetch(`${proxy.url}/`, { method: 'POST', body: '{"call_id":"CA-memory-huge"}' })
    await answer.body?.cancel()
    expect((await start('CA-healthy')).status).toBe(201)
  })

  it('memory-empty answers 200 and nothing else', async () => {
    const answer = await meet('memory-empty')
    expect(answer).toMatchObject({ status: 200, body: '' })
    expect(answer.headers['content-length']).toBe('0')
  })

  it('memory-wrong-shape answers JSON that is not the memory API', async () => {
    const answer = await meet('memory-wrong-shape')
    expect(answer.headers['content-type']).toBe('application/json')
    expect(JSON.parse(answer.body)).not.toHaveProperty('customer_ref')
  })
})

it.each(['127.0.0.1:80', 'https://127.0.0.1:80', 'http://127.0.0.1:80/path', ''])(
  'the target %p is refused',
  async (address) => {
    const starting = startFaultProxy({ target: address, registry, clock })
    await expect(starting).rejects.toMatchObject({ code: 'CM_USAGE' })
  },
)
