import { attemptsOf, DAY_MS, newCallId, startTestServer, valuesOf } from './support.ts'
import type { Answer, TestServer } from './support.ts'

const ANI = '+12025550120'

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
const openIntents = async (): Promise<string[]> =>
  attemptsOf((await server.identify({ ani: ANI })).open_intents)
const variables = async (): Promise<Record<string, string>> =>
  valuesOf((await server.identify({ ani: ANI })).variables)

describe('intents', () => {
  test('count one attempt for each end that names a still open one', async () => {
    await end({ intent: 'refund', intent_status: 'open' })
    expect(await openIntents()).toEqual(['refund x 1'])
    await end({ intent: 'refund', intent_status: 'open' })
    await end({ intent: 'refund', intent_status: 'open' })
    expect(await openIntents()).toEqual(['refund x 3'])
  })

  test('come back with the newest first', async () => {
    await end({ intent: 'billing', intent_status: 'open' })
    await end({ intent: 'refund', intent_status: 'open' })
    expect(await openIntents()).toEqual(['refund x 1', 'billing x 1'])
    await end({ intent: 'billing', intent_status: 'open' })
    expect(await openIntents()).toEqual(['billing x 2', 'refund x 1'])
  })

  test.each([
    ['resolved', { intent_status: 'resolved' }],
    ['abandoned', { intent_status: 'abandoned' }],
    ['closed, another word for resolved', { intent_status: 'closed' }],
    ['said to be not open', { intent_is_open: false }],
  ])(
    'do not come back once they are %s, and start at 1 when they are opened again',
    async (_case, settled) => {
      await end({ intent: 'refund', intent_status: 'open' })
      await end({ intent: 'refund', intent_status: 'open' })
      await end({ intent: 'refund', ...settled })
      expect(await openIntents()).toEqual([])
      await end({ intent: 'refund', intent_status: 'open' })
      expect(await openIntents()).toEqual(['refund x 1'])
    },
  )

  test('are open unless the end says otherwise, and intent_status wins over intent_is_open', async () => {
    await end({ intent: 'plain' })
    await end({ intent: 'flagged', intent_is_open: true })
    await end({ intent: 'both', intent_is_open: true, intent_status: 'resolved' })
    expect(await openIntents()).toEqual(['flagged x 1', 'plain x 1'])
  })

  test('are not touched by an end that names none', async () => {
    await end({ intent: 'refund', intent_status: 'open' })
    const { body } = await end({ intent_status: 'resolved' })
    expect(body.intents_updated).toBe(0)
    expect(await openIntents()).toEqual(['refund x 1'])
  })
})

describe('variables', () => {
  test('are written over by name and merged with the others', async () => {
    await end({ variables: { name: 'Ada Example', last_issue: 'refund' } })
    await end({ variables: { last_issue: 'delivery' } })
    expect(await variables()).toEqual({ name: 'Ada Example', last_issue: 'delivery' })
  })

  test('turn numbers and booleans into text, keep any text as it is, and forget on null', async () => {
    const text = 'Zoë said "é" <b>\n\u{1F4DE}'
    await end({ variables: { count: 3, amount: 49.99, vip: true, text, empty: '', constructor: 'x' } })
    const written = { amount: '49.99', count: '3', text, vip: 'true', empty: '', constructor: 'x' }
    expect(await variables()).toEqual(written)
    const { body } = await end({ variables: { count: null, amount: null, never: null } })
    expect(body.variables_updated).toBe(3)
    expect(await variables()).toEqual({ text, vip: 'true', empty: '', constructor: 'x' })
  })

  test('tell how many seconds are left, are renewed by writing only, and are gone when none is left', async () => {
    await end({ variables: { old: 'a', renewed: 'b' } })
    server.clock.forward(29 * DAY_MS)
    await end({ variables: { renewed: 'b' } })
    const seen = await server.identify({ ani: ANI })
    expect(seen.variables['old']?.ttl_seconds).toBe(86_400 - 1)
    expect(seen.variables['renewed']?.ttl_seconds).toBe(2_592_000)
    server.clock.forward(DAY_MS - 2000)
    expect((await server.identify({ ani: ANI })).variables['old']?.ttl_seconds).toBe(1)
    server.clock.forward(1000)
    expect(await variables()).toEqual({ renewed: 'b' })
  })

  test('are at most 64 of at most 4 kB each, and one too many leaves nothing of that end behind', async () => {
    const many = (from: number, count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${from + index}`, 'x']))
    expect((await end({ variables: many(0, 65) })).status).toBe(400)
    expect((await end({ variables: many(0, 64) })).status).toBe(200)
    const refused = await end({
      intent: 'refund',
      intent_status: 'open',
      variables: { v0: 'new', extra: 'y' },
    })
    expect(refused.status).toBe(400)
    expect(refused.body.details?.issues[0]?.path).toEqual(['variables'])
    expect(await openIntents()).toEqual([])
    expect(await variables()).toEqual(many(0, 64))
    expect((await end({ variables: { v0: null, extra: 'é'.repeat(2048) } })).status).toBe(200)
    expect((await end({ variables: { extra: 'é'.repeat(2049) } })).status).toBe(400)
  })

  test('that have expired leave room for others', async () => {
    const names = Array.from({ length: 64 }, (_, index) => [`v${index}`, 'x'])
    await end({ variables: Object.fromEntries(names) as Record<string, string> })
    server.clock.forward(31 * DAY_MS)
    expect((await end({ variables: { fresh: 'y' } })).status).toBe(200)
    expect(await variables()).toEqual({ fresh: 'y' })
  })

  test('of one customer are not seen by another', async () => {
    await end({ variables: { name: 'Ada Example' } })
    expect((await server.identify({ ani: '+12025550121' })).variables).toEqual({})
  })
})
