import { attemptsOf, DAY_MS, newCallId } from '../support.ts'
import type { TestServer } from '../support.ts'
import { countRows, startServers } from './engines.ts'
import type { Engine, Servers } from './engines.ts'

const ANI = '+12025550130'

/** What must hold when requests come twice or at the same time, on one server or on several. */
export function idempotencyContract(engine: Engine): void {
  let servers: Servers
  let server: TestServer
  beforeAll(async () => {
    servers = await startServers(engine)
    server = servers.first
  }, 30_000)
  beforeEach(() => servers.empty())
  afterAll(() => servers.close())

  /** The servers in turn. */
  const pick = (index: number): TestServer => servers.pick(index)

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
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => pick(index).start(request)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await countRows(server, 'customers')).toBe(1)
  })

  test('of 20 different ends with one call_id at once, one is kept and 19 are conflicts', async () => {
    const { customer_ref } = await server.identify({ ani: ANI })
    const ends = Array.from({ length: 20 }, (_, index) =>
      pick(index).end({ call_id: 'call_5', customer_ref, intent: `intent_${index}` }),
    )
    const statuses = (await Promise.all(ends)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(19)
    expect((await server.identify({ ani: ANI })).open_intents).toHaveLength(1)
  })

  test('100 starts and 100 ends of one new caller at once are one customer and 100 attempts, however often they are repeated', async () => {
    const hundred = Array.from({ length: 100 }, (_, index) => ({ index, call_id: newCallId() }))
    const starts = await Promise.all(
      hundred.map(({ index, call_id }) =>
        untilAnswered(() => pick(index).start({ call_id, identity_hints: { ani: ANI } })),
      ),
    )
    expect(starts.filter(({ status }) => status !== 200)).toEqual([])
    const [customer_ref, ...others] = new Set(starts.map(({ body }) => body.customer_ref))
    expect(others).toEqual([])
    const ends = await Promise.all(
      hundred.map(({ index, call_id }) =>
        untilAnswered(() => pick(index).end({ call_id, customer_ref, intent: 'refund' })),
      ),
    )
    expect(ends.filter(({ status, body }) => status !== 200 || body.intents_updated !== 1)).toEqual([])
    expect(attemptsOf((await server.identify({ ani: ANI })).open_intents)).toEqual(['refund x 100'])
    expect([await countRows(server, 'customers'), await countRows(server, 'calls')]).toEqual([1, 201])
  })

  test('of many new callers with a shared number and an id of their own each, every one is a customer', async () => {
    const identify = (index: number): Promise<unknown> =>
      pick(index).identify({ ani: ANI, external_ids: { crm_id: `caller_${index}` } })
    await Promise.all(Array.from({ length: 10 }, (_, index) => identify(index)))
    expect(await countRows(server, 'customers')).toBe(10)
    await Promise.all(Array.from({ length: 10 }, (_, index) => identify(index)))
    expect(await countRows(server, 'customers')).toBe(10)
  })

  test('an id that several new numbers bring at once is one customer with all the numbers', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        pick(index).identify({ ani: `+1202555014${index}`, external_ids: { crm_id: 'ada', account: 'a-1' } }),
      ),
    )
    expect(new Set(answers.map(({ customer_ref }) => customer_ref)).size).toBe(1)
    expect(await countRows(server, 'customers')).toBe(1)
    expect(await countRows(server, 'identifier_links')).toBe(12)
  })

  test('ends that together bring too many variables leave no more than 64', async () => {
    const { customer_ref } = await server.identify({ ani: ANI })
    const ends = Array.from({ length: 8 }, (_, index) => {
      const variables = Object.fromEntries(
        Array.from({ length: 10 }, (__, name) => [`v${index}_${name}`, 'x']),
      )
      return pick(index).end({ call_id: newCallId(), customer_ref, variables })
    })
    const statuses = (await Promise.all(ends)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(6)
    expect(statuses.filter((status) => status === 400)).toHaveLength(2)
    expect(await countRows(server, 'variables')).toBe(60)
  })
}

const MOST_TRIES = 20

/** Repeats what was answered 503, as a client does: under serializable isolation so many at once wait in turn. */
async function untilAnswered<Answer extends { readonly status: number }>(
  request: () => Promise<Answer>,
): Promise<Answer> {
  let answer = await request()
  for (let tried = 1; answer.status === 503 && tried < MOST_TRIES; tried += 1) answer = await request()
  return answer
}
