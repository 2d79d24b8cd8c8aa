import fc from 'fast-check'
import { bearer, startTestServer } from './support.ts'
import type { TestServer } from './support.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const KEYS = [
  'call_id',
  'identity_hints',
  'ani',
  'dnis',
  'external_ids',
  'customer_ref',
  'telco',
  'line_type',
  'intent',
  'intent_status',
  'intent_is_open',
  'variables',
  '__proto__',
  'constructor',
  'toString',
] as const

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '+12025550142',
    'anonymous',
    '\0',
    '\ud800',
    'open',
    'mobile',
    '$1',
    "'; DROP TABLE customers; --",
  ),
)
const leaf = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null), fc.bigInt().map(Number))
const tree = fc.letrec((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, leaf, tie('object'), fc.array(tie('node'), { maxLength: 4 })),
  object: fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), text), tie('node'), { maxKeys: 8 }),
}))
const plausible = fc.record(
  {
    call_id: fc.oneof(text, leaf),
    identity_hints: fc.oneof(
      fc.record(
        { ani: text, external_ids: fc.dictionary(text, text, { maxKeys: 3 }), customer_ref: text },
        { requiredKeys: [] },
      ),
      tree.node,
    ),
    customer_ref: text,
    intent: text,
    intent_status: text,
    variables: fc.oneof(fc.dictionary(text, leaf, { maxKeys: 4 }), tree.node),
    telco: tree.node,
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  plausible.map((value) => JSON.stringify(value)),
  tree.node.map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }),
)

test('no body of 300 hostile ones gets an answer of the 5xx kind, and every refusal has the envelope', async () => {
  const statuses = new Set<number>()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('start', 'end'), body, async (stage, payload) => {
      const init = { method: 'POST', headers: bearer(), body: payload }
      const answer = await server.request(`/v1/calls/${stage}`, init)
      statuses.add(answer.status)
      expect(answer.status).toBeLessThan(500)
      const refused = answer.status === 400
      expect(answer.body.message === 'Validation failed').toBe(refused)
      expect((answer.body.details?.issues.length ?? 0) > 0).toBe(refused)
    }),
    { numRuns: 300 },
  )
  expect(statuses).toContain(400)
  expect((await server.identify({ ani: '+12025550140' })).identity.confidence).toBe(0)
}, 30_000)

test('a name of the object prototype is an ordinary key', async () => {
  const payload = '{"call_id":"p1","identity_hints":{"external_ids":{"__proto__":"7"}}}'
  const first = await server.request('/v1/calls/start', { method: 'POST', headers: bearer(), body: payload })
  expect(first.status).toBe(200)
  const again = payload.replace('p1', 'p2')
  const second = await server.request('/v1/calls/start', { method: 'POST', headers: bearer(), body: again })
  expect(second.body.customer_ref).toBe(first.body.customer_ref)
  const missing = await server.start({ toString: 'x', identity_hints: { ani: '+12025550141' } })
  expect(missing.body.details?.issues[0]?.path).toEqual(['call_id'])
})
