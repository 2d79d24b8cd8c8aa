import type { CorrectCallResponse } from '../../src/contract.ts'
import { ask, hold } from './customers/support.ts'
import { attemptsOf, bearer, DAY_MS, newCallId, startTestServer, valuesOf } from './support.ts'
import type { Answer, TestServer } from './support.ts'

const ANI = '+12025550122'

let server: TestServer
let customerRef: string
beforeEach(async () => {
  server = await startTestServer()
  customerRef = (await server.identify({ ani: ANI })).customer_ref
})
afterEach(() => server.close())

const end = async (fields: object): Promise<Answer> => {
  server.clock.forward(1000)
  return server.end({ call_id: newCallId(), customer_ref: customerRef, ...fields })
}
const pathsOf = ({ body }: Answer): string[] =>
  body.details?.issues.map((issue) => issue.path.join('.')) ?? []
const open = async (): Promise<string[]> => attemptsOf((await ask(server, customerRef)).body.open_intents)
const variables = async (): Promise<Answer['body']['variables']> =>
  (await ask(server, customerRef)).body.variables

describe('several intents of one call', () => {
  const three = {
    intent: 'refund',
    intents: [
      { intent: 'billing', intent_status: 'closed' },
      { intent: 'delivery' },
      { intent: 'refund', intent_status: 'open' },
    ],
  }

  test('are all kept, counted once each, and shown with the call', async () => {
    const { status, body } = await end(three)
    expect([status, body.intents_updated]).toEqual([200, 3])
    expect(await open()).toEqual(['delivery x 1', 'refund x 1'])
    const shown = (await ask(server, customerRef)).body
    expect(shown.settled_intents.map(({ intent, status: how }) => [intent, how])).toEqual([
      ['billing', 'resolved'],
    ])
    const told = [
      { intent: 'refund', intent_status: 'open' },
      { intent: 'billing', intent_status: 'resolved' },
      { intent: 'delivery', intent_status: 'open' },
    ]
    expect(shown.calls[0]).toMatchObject({ intent: 'refund', intent_status: 'open', intents: told })
    const recalled = (await ask(server, `${customerRef}/recall?query=delivery`)).body.results
    expect(recalled).toMatchObject([{ intent: 'refund', intents: told }])
  })

  test('move with their call to another person, and come back with the undo', async () => {
    const { callId } = await hold(server, { ani: ANI }, three)
    const before = (await ask(server, `${customerRef}/export`)).text
    const correct = async (body: object): Promise<CorrectCallResponse> => {
      const init = { method: 'POST', headers: bearer(), body: JSON.stringify(body) }
      return (await server.request(`/v1/calls/${callId}/correct`, init))
        .body as unknown as CorrectCallResponse
    }
    const { customer_ref: other, correction_id } = await correct({ verdict: 'wrong_person' })
    expect(await open()).toEqual([])
    expect(attemptsOf((await ask(server, other)).body.open_intents)).toEqual(['delivery x 1', 'refund x 1'])
    await correct({ verdict: 'undo', correction_id })
    expect((await ask(server, `${customerRef}/export`)).text).toBe(before)
  })

  test('that are alike once a card number is removed are one', async () => {
    const intents = [{ intent: 'card 4111 1111 1111 1111' }, { intent: 'card 5555 5555 5555 4444' }]
    expect((await end({ intents })).body).toMatchObject({ intents_updated: 1, redacted: { card: 2 } })
    expect(await open()).toEqual(['card [card] x 1'])
  })

  test.each([
    [{ intents: {} }, ['intents']],
    [{ intents: ['refund'] }, ['intents.0']],
    [{ intents: [{ intent_status: 'open' }] }, ['intents.0.intent']],
    [{ intents: [{ intent: 'a', intent_status: 'done' }] }, ['intents.0.intent_status']],
    [{ intent: 'a', intents: [{ intent: 'a', intent_status: 'resolved' }] }, ['intents']],
    [{ intents: Array.from({ length: 21 }, (_, index) => ({ intent: `i${index}` })) }, ['intents']],
  ])('are refused when they break a rule: %j', async (fields, paths) => {
    expect(pathsOf(await end(fields))).toEqual(paths)
    expect(await open()).toEqual([])
  })
})

describe('an intent that no call names for long', () => {
  test('has expired after 90 days, is shown as such, and starts at 1 when it is named again', async () => {
    await end({ intents: [{ intent: 'refund' }, { intent: 'billing', intent_status: 'abandoned' }] })
    server.clock.forward(89 * DAY_MS)
    await end({ intent: 'refund' })
    server.clock.forward(90 * DAY_MS - 1)
    expect((await server.identify({ ani: ANI })).open_intents).toHaveLength(1)
    server.clock.forward(1)
    expect((await server.identify({ ani: ANI })).open_intents).toEqual([])
    expect((await ask(server, customerRef)).body.settled_intents).toEqual([
      { intent: 'refund', status: 'expired', settled_at: server.clock.now().toISOString() },
      { intent: 'billing', status: 'abandoned', settled_at: expect.any(String) as string },
    ])
    const { intents } = (await ask(server, `${customerRef}/export`)).body
    expect(intents.map(({ intent, status }) => [intent, status])).toEqual([
      ['refund', 'expired'],
      ['billing', 'abandoned'],
    ])
    await end({ intent: 'refund' })
    expect(await open()).toEqual(['refund x 1'])
  })
})

describe('the source of a variable', () => {
  test('is that of the variable, else that of the request, else none', async () => {
    await end({ source: 'ivr', variables: { a: 'x', b: { value: 'y', source: 'crm' } } })
    await end({ variables: { c: 'z' } })
    const sources = Object.entries(await variables()).map(([name, { source }]) => [name, source])
    expect(sources).toEqual([
      ['a', 'ivr'],
      ['b', 'crm'],
      ['c', null],
    ])
    const exported = (await ask(server, `${customerRef}/export`)).body.variables
    expect(exported.map(({ source }) => source)).toEqual(['ivr', 'crm', null])
  })

  test('agent stays when the IVR writes or forgets, until it expires; the answer counts what stayed', async () => {
    await end({ source: 'agent', ttl_seconds: 3600, variables: { name: 'Ada', city: 'Springfield' } })
    const said = { name: 'Ida', city: null, mood: 'calm' }
    const { body } = await end({ source: 'ivr', variables: said })
    expect(body).toMatchObject({ variables_updated: 1, variables_kept: 2 })
    expect(valuesOf(await variables())).toEqual({ name: 'Ada', city: 'Springfield', mood: 'calm' })
    server.clock.forward(3600_000)
    expect((await end({ source: 'ivr', variables: said })).body).not.toHaveProperty('variables_kept')
    expect(valuesOf(await variables())).toEqual({ name: 'Ida', mood: 'calm' })
  })

  test.each([null, 'agent', 'system', 'crm'])(
    '%s writes over what an agent wrote, and forgets it',
    async (source) => {
      await end({ source: 'agent', variables: { name: 'Ada', city: 'Springfield' } })
      const { body } = await end({ source, variables: { name: 'Ada L', city: null } })
      expect(body.variables_updated).toBe(2)
      expect(valuesOf(await variables())).toEqual({ name: 'Ada L' })
    },
  )

  test('is kept in the rules when a call moves: an agent is not overwritten by a call of the IVR', async () => {
    const bob = await hold(server, { ani: '+12025550123' }, { source: 'agent', variables: { name: 'Bob' } })
    const call = await hold(server, { ani: ANI }, { source: 'ivr', variables: { name: 'Rob', city: 'X' } })
    const init = { method: 'POST', headers: bearer() }
    const verdict = { verdict: 'another', customer_ref: bob.customerRef }
    await server.request(`/v1/calls/${call.callId}/correct`, { ...init, body: JSON.stringify(verdict) })
    const now = (await ask(server, bob.customerRef)).body.variables
    expect(Object.entries(now).map(([name, { value, source }]) => [name, value, source])).toEqual([
      ['city', 'X', 'ivr'],
      ['name', 'Bob', 'agent'],
    ])
  })
})

describe('the time to live of a variable', () => {
  test('is that of the variable, else that of the request, else the default', async () => {
    await end({ ttl_seconds: 600, variables: { a: 'x', b: { value: 'y', ttl_seconds: 60 } } })
    await end({ variables: { c: 'z' } })
    const left = Object.entries(await variables()).map(([name, { ttl_seconds }]) => [name, ttl_seconds])
    expect(left).toEqual([
      ['a', 599],
      ['b', 59],
      ['c', 2_592_000],
    ])
    server.clock.forward(59_000)
    expect(valuesOf(await variables())).toEqual({ a: 'x', c: 'z' })
  })

  test('holds for what was said on the call too, and the next end takes it off the disk', async () => {
    await end({ variables: { note: { value: 'zebra', ttl_seconds: 60 }, other: 'unicorn' } })
    const rows = async (): Promise<string> =>
      JSON.stringify(await server.store.read('SELECT * FROM call_notes', []))
    server.clock.forward(60_000)
    const { results } = (await ask(server, `${customerRef}/recall`)).body
    expect(results.map((call) => call.variables)).toEqual([{ other: 'unicorn' }])
    expect(await rows()).toContain('zebra')
    await end({})
    expect(await rows()).not.toContain('zebra')
    server.clock.forward(31 * DAY_MS)
    await end({})
    expect(await rows()).not.toContain('unicorn')
  })

  test.each([
    [{ ttl_seconds: 59 }, ['ttl_seconds']],
    [{ ttl_seconds: 31_536_001 }, ['ttl_seconds']],
    [{ ttl_seconds: '600' }, ['ttl_seconds']],
    [{ source: 'The IVR' }, ['source']],
    [{ variables: { a: { value: 'x', source: '' } } }, ['variables.a.source']],
    [{ variables: { a: { value: 'x', ttl_seconds: 60.5 } } }, ['variables.a.ttl_seconds']],
    [{ variables: { a: { source: 'agent' } } }, ['variables.a.value']],
    [{ variables: { a: { value: ['x'] } } }, ['variables.a.value']],
  ])('is refused when it breaks a rule, as is a source: %j', async (fields, paths) => {
    expect(pathsOf(await end(fields))).toEqual(paths)
  })
})

describe('GET and PATCH /v1/settings', () => {
  const settings = async (change?: unknown): Promise<{ status: number; body: unknown }> => {
    const init = change === undefined ? {} : { method: 'PATCH', body: JSON.stringify(change) }
    return server.request('/v1/settings', { headers: bearer(), ...init })
  }

  test('change how long the tenant remembers, at once, and leave it to the server again', async () => {
    const ofServer = { variable_ttl_days: 30, intent_ttl_days: 90 }
    const none = { variable_ttl_days: null, intent_ttl_days: null }
    expect((await settings()).body).toEqual({ tenant: none, effective: ofServer })
    await end({ intent: 'refund' })
    const changed = await settings({ variable_ttl_days: 60, intent_ttl_days: 1 })
    expect(changed.body).toMatchObject({ effective: { variable_ttl_days: 60, intent_ttl_days: 1 } })
    await end({ variables: { a: 'x' } })
    expect((await variables())['a']?.ttl_seconds).toBe(60 * 86_400)
    server.clock.forward(DAY_MS)
    expect((await server.identify({ ani: ANI })).open_intents).toEqual([])
    const back = await settings({ intent_ttl_days: null })
    expect(back.body).toEqual({
      tenant: { variable_ttl_days: 60, intent_ttl_days: null },
      effective: { variable_ttl_days: 60, intent_ttl_days: 90 },
    })
    expect((await server.identify({ ani: ANI })).open_intents).toHaveLength(1)
  })

  test('refuse what is no number of days, and change nothing then', async () => {
    const answer = await settings({ variable_ttl_days: 10, intent_ttl_days: 3651 })
    expect(pathsOf(answer as Answer)).toEqual(['intent_ttl_days'])
    expect((await settings()).body).toMatchObject({ effective: { variable_ttl_days: 30 } })
  })
})
