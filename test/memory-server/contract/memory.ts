import type { EventsResponse } from '../../../src/contract.ts'
import { attemptsOf, bearer, DAY_MS, newCallId, valuesOf } from '../support.ts'
import type { Answer, TestServer } from '../support.ts'
import { countRows, startServers } from './engines.ts'
import type { Engine, Servers } from './engines.ts'

const ANI = '+12025550150'

/** What a customer's memory must do on every engine, whichever server is asked. */
export function memoryContract(engine: Engine): void {
  let servers: Servers
  let first: TestServer
  let other: TestServer
  beforeAll(async () => {
    servers = await startServers(engine)
    first = servers.first
    other = servers.pick(1)
  }, 30_000)
  beforeEach(() => servers.empty())
  afterAll(() => servers.close())

  const end = (server: TestServer, fields: object): Promise<Answer> => {
    server.clock.forward(1000)
    return server.end({ call_id: newCallId(), ...fields })
  }

  test('what one call leaves behind, the next one finds', async () => {
    const call_id = newCallId()
    const started = await first.start({ call_id, identity_hints: { ani: ANI, external_ids: { crm: 'ada' } } })
    first.clock.forward(15_700)
    const variables = { zeta: 'Zoë \u{1F4DE}', alpha: "O'Hara; -- $1", empty: '' }
    const ended = await other.end({ call_id, intent: 'refund', variables, identity_hints: { ani: ANI } })
    expect(ended.status).toBe(200)
    expect(ended.body).toEqual({
      call_id,
      customer_ref: started.body.customer_ref,
      call_start: started.body.call_start,
      call_end: first.clock.now().toISOString(),
      duration_seconds: 15,
      intents_updated: 1,
      variables_updated: 3,
    })
    const next = await first.identify({ ani: ANI })
    expect(next).toMatchObject({
      customer_ref: started.body.customer_ref,
      identity: { level: 'very_high', recommendation: 'reuse' },
      open_intents: [{ intent: 'refund', status: 'open', attempt_count: 1 }],
    })
    expect(valuesOf(next.variables)).toEqual(variables)
    expect(next.variables['zeta']?.ttl_seconds).toBe(2_592_000)
    expect((await other.identify({ external_ids: { crm: 'ada' } })).customer_ref).toBe(next.customer_ref)
  })

  test('an intent counts its attempts while it is open, comes back newest first, and starts again at 1', async () => {
    const { customer_ref } = await first.identify({ ani: ANI })
    const open = async (): Promise<string[]> => attemptsOf((await other.identify({ ani: ANI })).open_intents)
    await end(first, { customer_ref, intent: 'refund' })
    await end(other, { customer_ref, intent: 'billing' })
    await end(first, { customer_ref, intent: 'refund' })
    expect(await open()).toEqual(['refund x 2', 'billing x 1'])
    await end(other, { customer_ref, intent: 'refund', intent_status: 'resolved' })
    expect(await open()).toEqual(['billing x 1'])
    await end(first, { customer_ref, intent: 'refund' })
    expect(await open()).toEqual(['refund x 1', 'billing x 1'])
  })

  test('a variable is written over, forgotten on null, and gone when its time is over', async () => {
    const { customer_ref } = await first.identify({ ani: ANI })
    const kept = async (): Promise<object> => valuesOf((await other.identify({ ani: ANI })).variables)
    await end(first, { customer_ref, variables: { name: 'Ada', note: 'a', old: 'b' } })
    first.clock.forward(20 * DAY_MS)
    await end(other, { customer_ref, variables: { name: 'Ada Example', note: null } })
    expect(await kept()).toEqual({ name: 'Ada Example', old: 'b' })
    first.clock.forward(10 * DAY_MS)
    expect(await kept()).toEqual({ name: 'Ada Example' })
    await end(first, { customer_ref, variables: { fresh: 'c' } })
    expect(await countRows(first, 'variables')).toBe(2)
  })

  test('several intents of a call are kept, and one that no call names for 90 days is not open any more', async () => {
    const { customer_ref } = await first.identify({ ani: ANI })
    const intents = [{ intent: 'billing' }, { intent: 'delivery', intent_status: 'resolved' }]
    const { body } = await end(other, { customer_ref, intent: 'refund', intents })
    expect(body.intents_updated).toBe(3)
    first.clock.forward(50 * DAY_MS)
    await end(first, { customer_ref, intent: 'refund' })
    first.clock.forward(50 * DAY_MS)
    expect(attemptsOf((await other.identify({ ani: ANI })).open_intents)).toEqual(['refund x 2'])
    await end(first, { customer_ref, intent: 'billing' })
    expect(attemptsOf((await other.identify({ ani: ANI })).open_intents)).toEqual([
      'billing x 1',
      'refund x 2',
    ])
  })

  test('what an agent wrote stays when the IVR writes, until its own time is over', async () => {
    const { customer_ref } = await first.identify({ ani: ANI })
    const kept = async (): Promise<object> => (await other.identify({ ani: ANI })).variables
    await end(first, { customer_ref, source: 'agent', ttl_seconds: 600, variables: { name: 'Ada' } })
    const heard = { customer_ref, source: 'ivr', variables: { name: 'Ida', mood: 'calm' } }
    expect((await end(other, heard)).body).toMatchObject({ variables_updated: 1, variables_kept: 1 })
    expect(await kept()).toEqual({
      mood: { value: 'calm', source: 'ivr', ttl_seconds: 2_592_000 },
      name: { value: 'Ada', source: 'agent', ttl_seconds: 599 },
    })
    first.clock.forward(600_000)
    await end(other, { customer_ref, source: 'ivr', variables: { name: 'Ida' } })
    expect(await kept()).toMatchObject({ name: { value: 'Ida', source: 'ivr' } })
  })

  test('customers that are merged are one, also for calls at the same time, and two again afterwards', async () => {
    const post = (server: TestServer, ref: string, step: string, body: object = {}): Promise<Answer> =>
      server.request(`/v1/customers/${ref}/${step}`, {
        method: 'POST',
        headers: bearer(),
        body: JSON.stringify(body),
      })
    const ada = await first.identify({ ani: ANI })
    await end(first, { customer_ref: ada.customer_ref, intent: 'refund', variables: { name: 'Ada' } })
    const bob = await first.identify({ ani: '+12025550151' })
    await end(first, { customer_ref: bob.customer_ref, intent: 'refund', variables: { city: 'Springfield' } })
    const statuses = await Promise.all([
      ...[first, other, first, other].map((server) =>
        post(server, ada.customer_ref, 'merge', { into: bob.customer_ref }),
      ),
      ...Array.from({ length: 8 }, (_, index) =>
        servers.pick(index).end({ call_id: newCallId(), customer_ref: ada.customer_ref, intent: 'refund' }),
      ),
    ])
    expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await countRows(first, 'customers')).toBe(1)
    for (const ani of [ANI, '+12025550151']) {
      const one = await other.identify({ ani })
      expect(one.customer_ref).toBe(bob.customer_ref)
      expect(attemptsOf(one.open_intents)).toEqual(['refund x 10'])
      expect(valuesOf(one.variables)).toEqual({ name: 'Ada', city: 'Springfield' })
    }
    expect(await countRows(first, 'intents')).toBe(1)
    expect((await post(other, ada.customer_ref, 'unmerge')).status).toBe(200)
    expect((await first.identify({ ani: ANI })).customer_ref).toBe(ada.customer_ref)
    expect(valuesOf((await first.identify({ ani: ANI })).variables)).toEqual({ name: 'Ada' })
    expect(valuesOf((await other.identify({ ani: '+12025550151' })).variables)).toEqual({
      city: 'Springfield',
    })
  })

  test('the change feed tells of each of many calls at once exactly once, in pages', async () => {
    const calls = Array.from({ length: 40 }, (_, index) =>
      servers.pick(index).identify({ ani: `+120255501${String(index % 10).padStart(2, '0')}` }),
    )
    await Promise.all(calls)
    first.clock.forward(30_000)
    const told: string[] = []
    for (let cursor = ''; ;) {
      const query = `?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`
      const answer = await other.request(`/v1/events${query}`, { headers: bearer() })
      const { events, cursor: next } = answer.body as unknown as EventsResponse
      if (events.length === 0) break
      told.push(...events.map(({ id, kind }) => `${kind} ${id}`))
      cursor = next
    }
    const count = (kind: string): number => told.filter((each) => each.startsWith(kind)).length
    expect([count('call.started'), count('customer.created'), told.length]).toEqual([40, 10, 50])
    expect(new Set(told).size).toBe(50)
  })

  test('somebody else on a known line is a customer of their own, who shares the number', async () => {
    const ada = await first.identify({ ani: ANI, external_ids: { crm: 'ada' } })
    first.clock.forward(1000)
    const bob = await other.identify({ ani: ANI, external_ids: { crm: 'bob' } })
    expect(bob.customer_ref).not.toBe(ada.customer_ref)
    expect((await first.identify({ ani: ANI })).identity.confidence).toBeLessThan(0.7)
    expect((await other.identify({ ani: ANI, external_ids: { crm: 'ada' } })).customer_ref).toBe(
      ada.customer_ref,
    )
  })

  test('a request that is refused leaves nothing behind, and the server goes on', async () => {
    const unknown = 'b5d2f90b-523b-4f4f-91e2-be35bb174b0d'
    for (const customer_ref of [unknown, 'nobody']) {
      const answer = await end(other, { customer_ref, identity_hints: { ani: ANI }, intent: 'refund' })
      expect(answer.status).toBe(404)
    }
    for (const table of ['calls', 'customers', 'identifier_links', 'intents']) {
      expect(await countRows(first, table)).toBe(0)
    }
    expect((await other.identify({ ani: ANI })).identity.confidence).toBe(0)
  })
}
