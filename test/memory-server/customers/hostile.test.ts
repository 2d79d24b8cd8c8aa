import fc from 'fast-check'
import { bearer, startTestServer } from '../support.ts'
import type { TestServer } from '../support.ts'
import { ask, hold, rowsBesideAudit } from './support.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', '.', '..', '%', '\0', '__proto__', "'; DROP TABLE customers; --", '9'.repeat(300)),
)

test('no hostile reference, query or verdict gets an answer of the 5xx kind or changes a row', async () => {
  const { customerRef, callId } = await hold(server, { ani: '+12025550101' }, { intent: 'refund' })
  const before = await rowsBesideAudit(server.store)
  const statuses = new Set<number>()
  const path = fc.oneof(
    fc.tuple(text, text).map(([a, b]) => `/v1/customers/${encodeURIComponent(a)}/${encodeURIComponent(b)}`),
    fc.tuple(text, text).map(([query, limit]) => {
      return `/v1/customers/${customerRef}/recall?${String(new URLSearchParams({ query, limit }))}`
    }),
    text.map((query) => `/v1/customers/${customerRef}/recall?query=${query.replaceAll(/[^!-~]|#/g, '%')}`),
  )
  await fc.assert(
    fc.asyncProperty(path, fc.constantFrom('GET', 'DELETE'), async (where, method) => {
      const { authorization } = bearer()
      const answer = await server.request(where, { method, headers: { authorization: authorization ?? '' } })
      statuses.add(answer.status)
      expect(answer.status).toBeLessThan(500)
    }),
    { numRuns: 150 },
  )
  const verdict = fc.record(
    { verdict: fc.oneof(text, fc.constantFrom('another', 'undo')), customer_ref: text, correction_id: text },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(callId, 'unknown', '%00'), verdict, async (call, body) => {
      const init = { method: 'POST', headers: bearer(), body: JSON.stringify(body) }
      const answer = await server.request(`/v1/calls/${call}/correct`, init)
      statuses.add(answer.status)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    }),
    { numRuns: 150 },
  )
  expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404]))
  expect(await rowsBesideAudit(server.store)).toEqual(before)
  expect((await ask(server, customerRef)).status).toBe(200)
})
