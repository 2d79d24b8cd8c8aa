import type { CorrectCallResponse } from '../../../src/contract.ts'
import { attemptsOf, bearer, newCallId, startTestServer, valuesOf } from '../support.ts'
import type { Answer, TestServer } from '../support.ts'
import { rowsBesideAudit, ask, hold } from '../customers/support.ts'

const ANI = '+12025550101'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

async function correct(callId: string, body: object): Promise<Answer & { body: CorrectCallResponse }> {
  const init = { method: 'POST', headers: bearer(), body: JSON.stringify(body) }
  return (await server.request(`/v1/calls/${callId}/correct`, init)) as Answer & { body: CorrectCallResponse }
}

/** Every row of every table, in a fixed order. */
async function snapshot(): Promise<Record<string, string[]>> {
  const tables = Object.entries(await rowsBesideAudit(server.store))
  return Object.fromEntries(
    tables.map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).toSorted()]),
  )
}

describe('POST /v1/calls/{call_id}/correct', () => {
  test('with the wrong person moves what the call brought to a fresh customer, and undo restores every row', async () => {
    const ada = await hold(
      server,
      { ani: ANI },
      { intent: 'refund', variables: { name: 'Ada', plan: 'gold' } },
    )
    const wrong = await hold(
      server,
      { ani: ANI, external_ids: { crm_id: 'bob' } },
      { intent: 'refund', variables: { name: 'Bob', city: 'Springfield' } },
    )
    expect(wrong.customerRef).toBe(ada.customerRef)
    const before = await snapshot()

    const { status, body } = await correct(wrong.callId, { verdict: 'wrong_person' })
    expect(status).toBe(200)
    expect(body.customer_ref).not.toBe(ada.customerRef)
    const left = (await ask(server, ada.customerRef)).body
    expect(valuesOf(left.variables)).toEqual({ name: 'Ada', plan: 'gold' })
    expect(attemptsOf(left.open_intents)).toEqual(['refund x 1'])
    expect(left.calls).toHaveLength(1)
    expect(left.links.map(({ kind, customers }) => [kind, customers])).toEqual([['ani', 2]])
    const moved = (await ask(server, body.customer_ref)).body
    expect(valuesOf(moved.variables)).toEqual({ name: 'Bob', city: 'Springfield' })
    expect(attemptsOf(moved.open_intents)).toEqual(['refund x 1'])
    expect(moved.calls.map(({ duration_seconds }) => duration_seconds)).toEqual([5])
    expect(moved.links.map(({ kind, namespace }) => [kind, namespace])).toEqual([
      ['ani', null],
      ['external_id', 'crm_id'],
    ])

    const undone = await correct(wrong.callId, { verdict: 'undo', correction_id: body.correction_id })
    expect([undone.status, undone.body.customer_ref]).toEqual([200, ada.customerRef])
    expect(await snapshot()).toEqual(before)
    expect((await correct(wrong.callId, { verdict: 'undo', correction_id: body.correction_id })).status).toBe(
      404,
    )
  })

  test('with another person adds the call to what that person has, and takes along a number it taught', async () => {
    const bob = await hold(server, { ani: '+12025550102' }, { intent: 'refund', variables: { name: 'Bob' } })
    const call = await hold(
      server,
      { ani: ANI },
      { intent: 'refund', variables: { name: 'Bobby', city: 'X' } },
    )
    const before = await snapshot()
    const { body } = await correct(call.callId, { verdict: 'another', customer_ref: bob.customerRef })
    expect(body.customer_ref).toBe(bob.customerRef)
    const now = (await ask(server, bob.customerRef)).body
    expect(valuesOf(now.variables)).toEqual({ name: 'Bobby', city: 'X' })
    expect(attemptsOf(now.open_intents)).toEqual(['refund x 2'])
    expect(now.links.map(({ customers }) => customers)).toEqual([1, 1])
    expect((await ask(server, call.customerRef)).body).toMatchObject({ links: [], calls: [], variables: {} })
    await correct(call.callId, { verdict: 'undo', correction_id: body.correction_id })
    expect(await snapshot()).toEqual(before)
    await correct(call.callId, { verdict: 'another', customer_ref: bob.customerRef })
    expect((await server.identify({ ani: ANI })).customer_ref).toBe(bob.customerRef)
  })

  test('leaves what other calls of the customer brought since', async () => {
    await hold(server, { ani: ANI }, { intent: 'refund', variables: { name: 'Ada', plan: 'gold' } })
    const wrong = await hold(server, { ani: ANI }, { intent: 'billing', variables: { name: 'Bob' } })
    const { customerRef } = await hold(
      server,
      { ani: ANI },
      { intent: 'refund', variables: { name: 'Ada L' } },
    )
    const { body } = await correct(wrong.callId, { verdict: 'wrong_person' })
    const left = (await ask(server, customerRef)).body
    expect(valuesOf(left.variables)).toEqual({ name: 'Ada L', plan: 'gold' })
    expect(attemptsOf(left.open_intents)).toEqual(['refund x 2'])
    expect(valuesOf((await ask(server, body.customer_ref)).body.variables)).toEqual({ name: 'Bob' })
  })

  test('during a call sends the save to the person who was picked, whatever reference it still carries', async () => {
    const ada = (await server.identify({ ani: ANI })).customer_ref
    const callId = newCallId()
    await server.start({ call_id: callId, identity_hints: { ani: ANI } })
    const { body } = await correct(callId, { verdict: 'wrong_person' })
    server.clock.forward(5000)
    const ended = await server.end({ call_id: callId, customer_ref: ada, intent: 'refund' })
    expect(ended.body).toMatchObject({ customer_ref: body.customer_ref, duration_seconds: 5 })
    expect((await ask(server, ada)).body.open_intents).toEqual([])
    const picked = (await ask(server, body.customer_ref)).body
    expect(picked.calls).toMatchObject([{ intent: 'refund', duration_seconds: 5 }])
    const undo = await correct(callId, { verdict: 'undo', correction_id: body.correction_id })
    expect(undo.status).toBe(409)
    expect((await ask(server, body.customer_ref)).body).toEqual(picked)
    await correct(callId, { verdict: 'another', customer_ref: ada })
    expect(attemptsOf((await ask(server, ada)).body.open_intents)).toEqual(['refund x 1'])
    expect((await ask(server, body.customer_ref)).body).toMatchObject({ calls: [], open_intents: [] })
  })

  test('with the right person moves nothing and is evidence from then on, once a call, until it is undone', async () => {
    const { callId, customerRef } = await hold(server, { ani: ANI }, { intent: 'refund' })
    const before = await snapshot()
    const { body } = await correct(callId, { verdict: 'right_person' })
    expect(body).toEqual({
      call_id: callId,
      customer_ref: customerRef,
      correction_id: expect.any(String) as string,
    })
    const again = await correct(callId, { verdict: 'another', customer_ref: customerRef })
    expect(again.body).toEqual(body)
    const heard = await server.identify({ ani: ANI })
    expect(heard.identity.sources).toEqual(['ani:unknown', 'recency:1day', 'confirmed:1'])
    expect(heard.identity.confidence).toBeGreaterThan(0.95)
    const { links } = (await ask(server, `${customerRef}/export`)).body
    expect(links).toMatchObject([{ confirmed: 1, corrected: 0 }])
    const undone = await correct(callId, { verdict: 'undo', correction_id: body.correction_id })
    expect([undone.status, undone.body.customer_ref]).toEqual([200, customerRef])
    expect((await server.identify({ ani: ANI })).identity).toMatchObject({ confidence: 0.95 })
    expect((await snapshot())['corrections']).toEqual(before['corrections'])
    expect((await correct(callId, { verdict: 'undo', correction_id: body.correction_id })).status).toBe(404)
  })

  test('lowers the confidence for the wrong person on a known number, and raises it for the one who is picked', async () => {
    const bob = await hold(server, { ani: '+12025550102' })
    const ada = await hold(server, { ani: ANI })
    const call = await hold(server, { ani: ANI })
    await correct(call.callId, { verdict: 'right_person' })
    const before = await snapshot()
    const { body } = await correct(call.callId, { verdict: 'another', customer_ref: bob.customerRef })
    const shared = await server.identify({ ani: ANI })
    expect(shared.customer_ref).toBe(bob.customerRef)
    expect(shared.identity.sources).toEqual(['ani:unknown', 'recency:1day', 'shared:2', 'confirmed:1'])
    const [first, second] = shared.candidates ?? []
    expect(first).toMatchObject({ customer_ref: bob.customerRef })
    expect(second).toMatchObject({ customer_ref: ada.customerRef })
    expect(second?.confidence).toBeLessThan(0.4)
    const named = await server.identify({ ani: ANI, customer_ref: ada.customerRef })
    expect(named.identity.sources).toContain('corrected:1')
    expect(named.identity.sources).not.toContain('confirmed:1')
    expect((await correct(call.callId, { verdict: 'undo', correction_id: body.correction_id })).status).toBe(
      409,
    )
    expect(before['corrections']).toHaveLength(1)
  })

  test('of which no number is known any more says nothing about one', async () => {
    const { callId, customerRef } = await hold(server, { ani: ANI })
    await server.identify({ ani: ANI })
    const { body } = await correct(callId, { verdict: 'right_person' })
    expect(body).toEqual({ call_id: callId, customer_ref: customerRef, correction_id: null })
    expect((await server.identify({ ani: ANI })).identity.sources).toEqual(['ani:unknown', 'recency:1day'])
  })

  test('never leaves somebody with more variables than an end may add to', async () => {
    const many = (prefix: string, count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']))
    const bob = await hold(server, { ani: '+12025550102' }, { variables: many('b', 60) })
    const call = await hold(server, { ani: ANI }, { variables: many('a', 10) })
    await correct(call.callId, { verdict: 'another', customer_ref: bob.customerRef })
    const { body } = await ask(server, bob.customerRef)
    expect(Object.keys(body.variables)).toHaveLength(64)
    expect((await ask(server, `${bob.customerRef}/recall`)).text).toContain('"a9"')
  })

  test.each(['from', 'to'] as const)('leaves nothing of a person forgotten afterwards: %s', async (side) => {
    const ada = await hold(server, { ani: ANI }, { variables: { name: 'Ada Zebra' } })
    const call = await hold(server, { ani: ANI }, { variables: { note: 'Bob Unicorn' } })
    const { body } = await correct(call.callId, { verdict: 'wrong_person' })
    const [gone, text] =
      side === 'from' ? [ada.customerRef, 'Zebra'] : ([body.customer_ref, 'Unicorn'] as const)
    const receipt = await ask(server, gone, 'DELETE')
    expect(receipt.body.counts['corrections']).toBe(1)
    const rows = JSON.stringify(await rowsBesideAudit(server.store))
    expect(rows).not.toContain(gone)
    expect(rows).not.toContain(text)
    expect(rows).toContain(side === 'from' ? 'Unicorn' : 'Zebra')
    const undo = await correct(call.callId, { verdict: 'undo', correction_id: body.correction_id })
    expect(undo.status).toBe(404)
  })

  test('is refused for a call or person that nobody has, and after the person was forgotten', async () => {
    const { callId, customerRef } = await hold(server, { ani: ANI })
    expect((await correct('unknown', { verdict: 'wrong_person' })).status).toBe(404)
    expect((await correct(callId, { verdict: 'another', customer_ref: 'nobody' })).status).toBe(404)
    expect((await correct(callId, { verdict: 'undo', correction_id: 'none' })).status).toBe(404)
    await ask(server, customerRef, 'DELETE')
    expect((await correct(callId, { verdict: 'wrong_person' })).status).toBe(410)
  })

  test.each([
    [{}, 'verdict'],
    [{ verdict: 'maybe' }, 'verdict'],
    [{ verdict: 'another' }, 'customer_ref'],
    [{ verdict: 'undo', correction_id: 5 }, 'correction_id'],
  ])('is refused when the body breaks a rule: %p', async (body, path) => {
    const answer = await correct('x', body)
    expect(answer.status).toBe(400)
    expect(answer.body.details?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })

  test('is refused without a key', async () => {
    const init = { method: 'POST', body: '{"verdict":"wrong_person"}' }
    expect((await server.request('/v1/calls/x/correct', init)).status).toBe(401)
  })
})
