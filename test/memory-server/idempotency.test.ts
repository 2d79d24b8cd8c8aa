import { attemptsOf, DAY_MS, newCallId, startTestServer } from './support.ts'
import type { TestServer } from './support.ts'

const ANI = '+12025550130'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

test('the same start again gets the stored answer, whatever has happened since', async () => {
  const request = { call_id: 'call_1', identity_hints: { ani: ANI, external_ids: { a: '1', b: '2' } } }
  const first = await server.start(request)
  await server.end({ call_id: 'call_1', customer_ref: first.body.customer_ref, variables: { name: 'Ada' } })
  server.clock.forward(DAY_MS)
  const again = await server.start(request)
  expect(again.status).toBe(200)
  expect(again.text).toBe(first.text)
  const reordered = { identity_hints: { external_ids: { b: '2', a: '1' }, ani: ANI }, call_id: 'call_1' }
  expect((await server.start(reordered)).text).toBe(first.text)
  expect((await server.start({ ...request, ignored: true })).text).toBe(first.text)
})

test('the same end again gets the stored answer and counts once', async () => {
  const { customer_ref } = await server.identify({ ani: ANI })
  const request = { call_id: 'call_2', customer_ref, intent: 'refund', variables: { name: 'Ada' } }
  const first = await server.end(request)
  server.clock.forward(1000)
  expect((await server.end(request)).text).toBe(first.text)
  expect(attemptsOf((await server.identify({ ani: ANI })).open_intents)).toEqual(['refund x 1'])
})

test('another request under the same call_id is 409 and changes nothing', async () => {
  const { customer_ref } = await server.identify({ ani: ANI })
  const request = { call_id: 'call_3', customer_ref, intent: 'refund' }
  await server.end(request)
  for (const changed of [
    { intent: 'billing' },
    { variables: { name: 'Ada' } },
    { intent_status: 'resolved' },
  ]) {
    const answer = await server.end({ ...request, ...changed })
    expect(answer.status).toBe(409)
    expect(answer.body.error).toBe('Conflict')
    expect(answer.body.message).toBe('this call_id was used for another end request')
  }
  expect(attemptsOf((await server.identify({ ani: ANI })).open_intents)).toEqual(['refund x 1'])
  await server.start({ call_id: 'call_3', identity_hints: { ani: ANI } })
  const other = await server.start({ call_id: 'call_3', identity_hints: { ani: '+12025550131' } })
  expect(other.status).toBe(409)
  expect((await server.identify({ ani: '+12025550131' })).identity.confidence).toBe(0)
})

test('a request that was refused leaves its call_id free', async () => {
  expect((await server.end({ call_id: 'call_4', customer_ref: 'nobody' })).status).toBe(404)
  expect((await server.end({ call_id: 'call_4', identity_hints: { ani: ANI } })).status).toBe(200)
})

test('20 identical starts at once are one customer and one answer', async () => {
  const request = { call_id: newCallId(), identity_hints: { ani: ANI, external_ids: { crm_id: 'ada' } } }
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.start(request)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  const rows = await server.store.read('SELECT count(*) AS n FROM customers', [])
  expect(rows[0]?.['n']).toBe(1)
})

test('20 different calls of one new number at once are one customer', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.identify({ ani: ANI })))
  expect(new Set(answers.map(({ customer_ref }) => customer_ref)).size).toBe(1)
})

test('of 20 different ends with one call_id at once, one is kept and 19 are conflicts', async () => {
  const { customer_ref } = await server.identify({ ani: ANI })
  const ends = Array.from({ length: 20 }, (_, index) =>
    server.end({ call_id: 'call_5', customer_ref, intent: `intent_${index}` }),
  )
  const statuses = (await Promise.all(ends)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(statuses.filter((status) => status === 409)).toHaveLength(19)
  expect((await server.identify({ ani: ANI })).open_intents).toHaveLength(1)
})

test('20 ends of one intent at once count 20 attempts', async () => {
  const { customer_ref } = await server.identify({ ani: ANI })
  await Promise.all(
    Array.from({ length: 20 }, () => server.end({ call_id: newCallId(), customer_ref, intent: 'refund' })),
  )
  expect(attemptsOf((await server.identify({ ani: ANI })).open_intents)).toEqual(['refund x 20'])
})
