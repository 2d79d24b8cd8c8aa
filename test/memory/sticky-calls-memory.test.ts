import { systemClock } from '../../src/clock.ts'
import { CallerMemoryError } from '../../src/errors.ts'
import type { CallerMemory } from '../../src/memory/caller-memory.ts'
import { createCircuitBreaker } from '../../src/memory/circuit-breaker.ts'
import { createStickyCallsMemory } from '../../src/memory/sticky-calls/sticky-calls-memory.ts'
import { type Answer, sendJson, startTestServer, type TestServer } from '../support/http-server.ts'

const KEY = 'sk_test_0123456789abcdef'
const CALL = { callSid: `CA${'1'.repeat(32)}`, ani: '+12025550142', dnis: '+12025550100' }
const RECORD = {
  callSid: CALL.callSid,
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  intent: 'refund',
  intentStatus: 'open',
  variables: { last_issue: 'refund for order 1042' },
} as const
const ANSWER = {
  call_id: CALL.callSid,
  customer_ref: RECORD.customerRef,
  call_start: '2026-03-02T09:00:00.000Z',
  identity: {
    confidence: 0.95,
    level: 'very_high',
    sources: ['ani:mobile', 'recency:1day'],
    recommendation: 'reuse',
  },
  open_intents: [{ intent: 'refund', status: 'open', attempt_count: 2 }],
  variables: { last_issue: { value: 'refund for order 1042', source: null, ttl_seconds: 2_592_000 } },
}

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function memoryThat(answer: Answer, timeoutMs = 1_000): Promise<CallerMemory> {
  server = await startTestServer(answer)
  return memoryAt(server.url, timeoutMs)
}

function memoryAt(baseUrl: string, timeoutMs = 1_000): CallerMemory {
  const breaker = createCircuitBreaker({ clock: systemClock })
  return createStickyCallsMemory({ baseUrl, apiKey: KEY, timeoutMs, breaker, clock: systemClock })
}

async function faultOf(work: Promise<unknown>): Promise<CallerMemoryError> {
  const thrown: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error,
  )
  if (thrown instanceof CallerMemoryError) return thrown
  throw thrown
}

describe('the memory behind the Sticky Calls API', () => {
  test('asks for the caller by number, with the key as bearer', async () => {
    const memory = await memoryThat((response) => sendJson(response, 200, ANSWER))
    await memory.startCall(CALL)
    const [request] = server?.seen ?? []
    expect(request?.path).toBe('/v1/calls/start')
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(JSON.parse(request?.body ?? '')).toEqual({
      call_id: CALL.callSid,
      identity_hints: { ani: CALL.ani, dnis: CALL.dnis },
    })
  })

  test('reads the answer as a caller context', async () => {
    const memory = await memoryThat((response) => sendJson(response, 200, ANSWER))
    expect(await memory.startCall(CALL)).toEqual({
      customerRef: ANSWER.customer_ref,
      identity: ANSWER.identity,
      openIntents: ANSWER.open_intents,
      variables: ANSWER.variables,
    })
  })

  test('leaves out what is malformed in the optional parts of an answer', async () => {
    const memory = await memoryThat((response) =>
      sendJson(response, 200, {
        ...ANSWER,
        open_intents: [
          null,
          'billing',
          { intent: 7 },
          { intent: 'old', status: 'resolved' },
          ANSWER.open_intents[0],
        ],
        variables: { ...ANSWER.variables, odd: 'plain', list: { value: [] }, count: { value: 3 } },
      }),
    )
    const context = await memory.startCall(CALL)
    expect(context.openIntents).toEqual(ANSWER.open_intents)
    expect(Object.keys(context.variables).sort()).toEqual(['count', 'last_issue'])
  })

  test('saves with the customer reference, or with the number when there is none', async () => {
    const memory = await memoryThat((response) => sendJson(response, 200, ANSWER))
    await memory.endCall(RECORD)
    const { customerRef: _, ...nameless } = RECORD
    await memory.endCall({ ...nameless, ani: CALL.ani })
    const [named, standAlone] = (server?.seen ?? []).map(({ body }) => JSON.parse(body) as object)
    expect(named).toEqual({
      call_id: RECORD.callSid,
      customer_ref: RECORD.customerRef,
      intent: 'refund',
      intent_status: 'open',
      variables: RECORD.variables,
    })
    expect(standAlone).toMatchObject({ identity_hints: { ani: CALL.ani } })
    expect(standAlone).not.toHaveProperty('customer_ref')
  })
})

describe('a memory that fails', () => {
  test.each([
    [400, 'CM_MEMORY_REJECTED', 1],
    [401, 'CM_MEMORY_UNAUTHORIZED', 1],
    [402, 'CM_MEMORY_QUOTA', 1],
    [409, 'CM_MEMORY_CONFLICT', 1],
    [500, 'CM_MEMORY_UNAVAILABLE', 1],
    [502, 'CM_MEMORY_UNAVAILABLE', 2],
    [503, 'CM_MEMORY_UNAVAILABLE', 2],
    [302, 'CM_MEMORY_GARBLED', 1],
  ])('with status %d is reported as %s after %d requests', async (status, code, requests) => {
    const memory = await memoryThat((response) => sendJson(response, status, { error: 'x', message: 'y' }))
    const fault = await faultOf(memory.startCall(CALL))
    expect(fault.code).toBe(code)
    expect(fault.facts.upstreamStatus).toBe(status)
    expect(server?.seen).toHaveLength(requests)
  })

  test('is asked again after 429 only when it asks for a short wait', async () => {
    const later = await memoryThat((response) => sendJson(response, 429, {}, { 'retry-after': '60' }))
    expect((await faultOf(later.startCall(CALL))).code).toBe('CM_MEMORY_RATE_LIMITED')
    expect(server?.seen).toHaveLength(1)
    await server?.close()
    const soon = await memoryThat((response, _, count) =>
      count === 1 ? sendJson(response, 429, {}, { 'retry-after': '0' }) : sendJson(response, 200, ANSWER),
    )
    expect((await soon.startCall(CALL)).customerRef).toBe(ANSWER.customer_ref)
  })

  test('by dropping the connection once is asked again at once', async () => {
    const memory = await memoryThat((response, _, count) =>
      count === 1 ? response.socket?.destroy() : sendJson(response, 200, ANSWER),
    )
    expect((await memory.startCall(CALL)).customerRef).toBe(ANSWER.customer_ref)
    expect(server?.seen).toHaveLength(2)
  })

  test('by not being there is unavailable', async () => {
    expect((await faultOf(memoryAt('http://127.0.0.1:9').startCall(CALL))).code).toBe('CM_MEMORY_UNAVAILABLE')
  })

  test.each([
    ['never answering', (): void => {}],
    [
      'stopping in the middle of its answer',
      (response: Parameters<Answer>[0]) => response.write('{"call_id":'),
    ],
  ])('by %s costs the caller no more than the deadline', async (_title, answer) => {
    const memory = await memoryThat((response) => void answer(response), 200)
    const startedAt = performance.now()
    expect((await faultOf(memory.startCall(CALL))).code).toBe('CM_MEMORY_TIMEOUT')
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(server?.seen).toHaveLength(1)
  })

  test.each([
    ['a login page', '<html>Sign in</html>'],
    ['half a JSON', '{"customer_ref": "3f0c'],
    ['nothing', ''],
    ['another API', '{"ok": true}'],
    ['a list', '[]'],
    ['a confidence above 1', JSON.stringify({ ...ANSWER, identity: { confidence: 7 } })],
    ['a confidence in words', JSON.stringify({ ...ANSWER, identity: { confidence: 'high' } })],
    ['a hostile reference', JSON.stringify({ ...ANSWER, customer_ref: '<Dial>' })],
    ['10 MB', JSON.stringify({ ...ANSWER, filler: 'x'.repeat(10_000_000) })],
  ])('by answering %s is garbled', async (_title, body) => {
    const memory = await memoryThat((response) => response.writeHead(200).end(body))
    expect((await faultOf(memory.startCall(CALL))).code).toBe('CM_MEMORY_GARBLED')
  })

  test('never shows the number, the key or its own words in the fault', async () => {
    const memory = await memoryThat((response) =>
      sendJson(response, 401, { message: `no ${KEY} ${CALL.ani}` }),
    )
    const fault = await faultOf(memory.startCall(CALL))
    const shown = `${fault.message} ${fault.stack} ${JSON.stringify(fault)} ${String(fault.cause)}`
    expect(shown).not.toContain(KEY)
    expect(shown).not.toContain('2025550142')
  })

  test('several times in a row is not asked again until the cool-down is over', async () => {
    const memory = await memoryThat((response) => sendJson(response, 500, {}))
    for (let call = 0; call < 5; call += 1) await faultOf(memory.startCall(CALL))
    expect(server?.seen).toHaveLength(5)
    expect((await faultOf(memory.startCall(CALL))).code).toBe('CM_MEMORY_UNAVAILABLE')
    expect(server?.seen).toHaveLength(5)
  })

  test('by refusing the key does not count as an outage', async () => {
    const memory = await memoryThat((response) => sendJson(response, 401, {}))
    for (let call = 0; call < 8; call += 1) await faultOf(memory.startCall(CALL))
    expect(server?.seen).toHaveLength(8)
  })
})
