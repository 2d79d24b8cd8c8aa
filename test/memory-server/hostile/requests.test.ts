import fc from 'fast-check'
import { API_KEY, startTestServer } from '../support.ts'
import type { TestServer } from '../support.ts'
import { faultsOf, watchDatabase } from './judge.ts'
import type { DatabaseWatch } from './judge.ts'
import { createRawClient } from './raw-client.ts'
import { hostileRequests } from './requests.ts'

const SEED = 20_261_120
const REQUESTS = 400

let server: TestServer
let watch: DatabaseWatch
beforeAll(async () => {
  server = await startTestServer()
  watch = await watchDatabase(server.databasePath)
})
afterAll(async () => {
  watch.close()
  await server.close()
})

test(`of ${REQUESTS} requests made from the description none gets a 5xx, and none that is refused stores anything`, async () => {
  const client = createRawClient(Number(new URL(server.url).port))
  const seen = new Map<string, Set<number>>()
  const requests = fc.sample(hostileRequests({ apiKey: API_KEY, otherKeys: ['x'.repeat(40)] }), {
    numRuns: REQUESTS,
    seed: SEED,
  })
  for (const request of requests) {
    watch.pin()
    const answer = await client.send(request.bytes, request.method, request.isCutOff)
    const faults = faultsOf(request, answer, watch.changedTables)
    expect({ faults, request: faults.length > 0 ? request.bytes.toString().slice(0, 2000) : '' }).toEqual({
      faults: [],
      request: '',
    })
    seen.set(request.kind, (seen.get(request.kind) ?? new Set()).add(answer.status))
  }
  client.close()
  expect([...seen.keys()].toSorted()).toEqual([
    'address',
    'framing',
    'garbled',
    'headers',
    'method',
    'nearly valid',
    'valid',
  ])
  expect([...(seen.get('valid') ?? [])]).toEqual(expect.arrayContaining([200, 404]))
  expect([...(seen.get('nearly valid') ?? [])]).toEqual(expect.arrayContaining([200, 400]))
}, 30_000)

test('a server that stored what it refused, failed or answered otherwise would be seen', async () => {
  const request = {
    kind: 'valid',
    method: 'GET',
    path: '/healthz',
    bytes: Buffer.alloc(0),
    sent: undefined,
    isCutOff: false,
  }
  const answer = {
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    text: '{"status":"ok"}',
  }
  const nothing = (): readonly string[] => []
  expect(faultsOf(request, answer, nothing)).toEqual([])
  expect(faultsOf(request, { ...answer, status: 503 }, nothing)).toEqual(['answered 503'])
  expect(faultsOf(request, { ...answer, status: 408 }, nothing)).toEqual(['answered 408'])
  for (const status of [0, -1]) {
    const broken = { ...request, kind: 'headers' }
    expect(faultsOf(broken, { ...answer, status }, nothing)).toEqual(['no answer'])
  }
  const cutOff = { ...request, kind: 'framing', isCutOff: true }
  expect(faultsOf(cutOff, { ...answer, status: 0 }, nothing)).toEqual([])
  expect(faultsOf(cutOff, { ...answer, status: -1 }, nothing)).toEqual(['no answer'])
  expect(faultsOf(request, { ...answer, text: '{"status":"bad"}' }, nothing)).toHaveLength(1)
  const refused = { ...answer, status: 404, text: '{"error":"Not Found","message":"x"}' }
  watch.pin()
  expect(watch.changedTables()).toEqual([])
  await server.identify({ ani: '+12025550142' })
  expect(watch.changedTables()).toEqual(expect.arrayContaining(['call_notes', 'calls']))
  expect(faultsOf(request, refused, watch.changedTables)).toContain('answered 404 and changed calls')
})
