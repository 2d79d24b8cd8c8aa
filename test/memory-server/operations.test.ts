import type { Operations } from '../../memory-server/src/operations/operations.ts'
import { createMemoryServer } from '../../memory-server/src/server.ts'
import { createLog } from '../../src/log.ts'
import { API_KEY, bearer, HASH_KEY, startTestServer } from './support.ts'
import type { TestServer } from './support.ts'

const ANI = '+12025550178'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

async function metrics(apiKey: string = API_KEY): Promise<{ status: number; type: string; text: string }> {
  const response = await fetch(`${server.url}/metrics`, { headers: bearer(apiKey) })
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, type, text: await response.text() }
}

test('the server is ready while its database answers, and alive in any case', async () => {
  const ready = await server.request('/readyz')
  expect([ready.status, ready.text]).toEqual([200, '{"status":"ready"}'])
  await server.store.close()
  const gone = await server.request('/readyz')
  expect([gone.status, gone.body.error]).toEqual([503, 'Service Unavailable'])
  expect((await server.request('/healthz')).text).toBe('{"status":"ok"}')
})

test('the server is not ready when its database hangs', async () => {
  let hangs = false
  const operations: Operations = {
    ...server.operations,
    perform: (...asked) =>
      hangs ? new Promise<never>(() => undefined) : server.operations.perform(...asked),
  }
  const options = { operations, apiKeys: [API_KEY], hashKey: HASH_KEY, clock: server.clock.now }
  const hanging = await createMemoryServer({ ...options, log: createLog({}, () => undefined) })
  hangs = true
  expect((await hanging.inject('/readyz')).statusCode).toBe(503)
  hangs = false
  expect((await hanging.inject('/readyz')).statusCode).toBe(200)
  await hanging.close()
})

test('the measures tell latency by route and status, matches and confidence', async () => {
  await server.identify({ ani: ANI })
  await server.identify({ ani: ANI })
  await server.end({})
  await server.request('/no/such/route/+12025550178')
  const { status, type, text } = await metrics()
  expect(status).toBe(200)
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/)
  const latency = 'memory_server_request_duration_seconds_count'
  expect(text).toContain(`${latency}{route="/v1/calls/start",status="200"} 2`)
  expect(text).toContain(`${latency}{route="/v1/calls/end",status="400"} 1`)
  expect(text).toContain(`${latency}{route="none",status="404"} 1`)
  expect(text).toContain('memory_server_matches_total{outcome="new"} 1')
  expect(text).toContain('memory_server_matches_total{outcome="known"} 1')
  expect(text).toContain('memory_server_confidence_bucket{le="0"} 1')
  expect(text).toContain('memory_server_confidence_bucket{le="0.9"} 1')
  expect(text).toContain('memory_server_confidence_bucket{le="1"} 2')
  expect(text).toContain('memory_server_store_pending 0')
})

test('the measures hold nothing of a person and are for keys with the scope admin', async () => {
  const { customer_ref } = await server.identify({ ani: ANI, external_ids: { crm_id: 'ada' } })
  await server.end({ call_id: 'call_9', customer_ref, intent: 'refund', variables: { name: 'Ada' } })
  const { text } = await metrics()
  expect(text).not.toMatch(/2025550178|ada|crm_id|refund|call_9/i)
  expect(text).not.toContain(customer_ref)
  expect((await metrics('unknown')).status).toBe(401)
})
