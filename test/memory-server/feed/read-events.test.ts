import { createHash } from 'node:crypto'
import type { EventsResponse } from '../../../src/contract.ts'
import { mintCustomerRef } from '../../../memory-server/src/identity/customer-ref.ts'
import { insertEvent } from '../../../memory-server/src/store/events.ts'
import { allRows, ask, hold } from '../customers/support.ts'
import { bearer, DAY_MS, newCallId, startTestServer } from '../support.ts'
import type { Answer, TestServer } from '../support.ts'

const ADA = '+12025550171'
const BOB = '+12025550172'
const SETTLED_MS = 15_000

let server: TestServer
beforeEach(async () => {
  server = await startTestServer(undefined, { eventRetentionDays: 7 })
})
afterEach(() => server.close())

async function events(query: string = ''): Promise<Answer & { readonly body: EventsResponse }> {
  return (await server.request(`/v1/events${query}`, { headers: bearer() })) as never
}

/** Everything behind a cursor, in pages of `limit`. */
async function readAll(limit: number, from: string = ''): Promise<EventsResponse['events']> {
  const all: EventsResponse['events'][number][] = []
  for (let cursor = from; ;) {
    const { body } = await events(`?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(body.events.length).toBeLessThanOrEqual(limit)
    if (body.events.length === 0) return all
    all.push(...body.events)
    cursor = body.cursor
  }
}
const post = (path: string, body: object): Promise<Answer> =>
  server.request(path, { method: 'POST', headers: bearer(), body: JSON.stringify(body) })

async function muchThatHappens(): Promise<{ ada: string; bob: string; fresh: string }> {
  const { customerRef: ada, callId } = await hold(server, { ani: ADA }, { intent: 'refund' })
  const { customerRef: bob } = await hold(server, { ani: BOB })
  const moved = await post(`/v1/calls/${callId}/correct`, { verdict: 'wrong_person' })
  server.clock.forward(1000)
  await post(`/v1/customers/${ada}/merge`, { into: bob })
  server.clock.forward(1000)
  await post(`/v1/customers/${ada}/unmerge`, {})
  server.clock.forward(1000)
  await server.end({ call_id: newCallId(), identity_hints: { ani: '+12025550173' } })
  return { ada, bob, fresh: moved.body.customer_ref }
}

describe('GET /v1/events', () => {
  test('tells in order what happened to whom, once it has settled', async () => {
    const { ada, bob, fresh } = await muchThatHappens()
    const last = (await allRows(server.store))['customers'] as readonly { customer_ref: string }[]
    const alone = last.map(({ customer_ref }) => customer_ref).find((ref) => ![ada, bob, fresh].includes(ref))
    server.clock.forward(SETTLED_MS + 1000)
    const told = await readAll(100)
    const kindsOf = (ref: string | undefined): string[] =>
      told.filter(({ customer_ref }) => customer_ref === ref).map(({ kind }) => kind)
    const moves = ['call.corrected', 'customer.merged', 'customer.unmerged']
    expect(kindsOf(ada)).toEqual(['customer.created', 'call.started', 'call.ended', ...moves])
    expect(kindsOf(bob)).toEqual(['customer.created', 'call.started', 'call.ended', ...moves.slice(1)])
    expect(kindsOf(fresh)).toEqual(['customer.created', 'call.corrected'])
    expect(kindsOf(alone)).toEqual(['customer.created', 'call.ended'])
    const times = told.map(({ at }) => at)
    expect(times).toEqual(times.toSorted())
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length)
    expect(Object.keys(told[0] ?? {})).toEqual(['id', 'kind', 'at', 'customer_ref', 'customer_ref_sha256'])
  })

  test.each([1, 2, 3, 7])('gives the same events in pages of %p as at once', async (limit) => {
    await muchThatHappens()
    server.clock.forward(3 * DAY_MS)
    expect(await readAll(limit)).toEqual(await readAll(1000))
  })

  test('holds back what may not be visible everywhere yet, and tells it to the same cursor later', async () => {
    await hold(server, { ani: ADA })
    const early = (await events()).body
    expect(early).toMatchObject({ events: [], gap: false })
    await hold(server, { ani: BOB })
    server.clock.forward(SETTLED_MS + 1000)
    const later = await events(`?cursor=${early.cursor}`)
    const ofOne = ['customer.created', 'call.started', 'call.ended']
    expect(later.body.events.map(({ kind }) => kind)).toEqual([...ofOne, ...ofOne])
    expect(await readAll(100, later.body.cursor)).toEqual([])
  })

  test('tells nothing again for a replayed request, and nothing of one that was refused', async () => {
    const body = { call_id: newCallId(), identity_hints: { ani: ADA } }
    await server.start(body)
    await server.start(body)
    await server.start({ ...body, identity_hints: { ani: BOB } })
    await server.end({ call_id: newCallId(), customer_ref: 'nobody' })
    server.clock.forward(SETTLED_MS + 1000)
    expect((await readAll(100)).map(({ kind }) => kind)).toEqual(['customer.created', 'call.started'])
  })

  test('forgets with the customer, and tells it by a hash that only who has the reference recognizes', async () => {
    const { ada, bob, fresh } = await muchThatHappens()
    await post(`/v1/customers/${ada}/merge`, { into: bob })
    const rows = (await allRows(server.store))['events'] as readonly { customer_ref: string }[]
    const theirs = rows.filter(({ customer_ref }) => [ada, bob].includes(customer_ref))
    const receipt = await ask(server, ada, 'DELETE')
    expect(receipt.body.counts['events']).toBe(theirs.length)
    expect(theirs).toHaveLength(11)
    const left = JSON.stringify(await allRows(server.store))
    for (const ref of [ada, bob]) expect(left).not.toContain(ref)
    expect(left).toContain(fresh)
    server.clock.forward(SETTLED_MS + 1000)
    const forgotten = (await readAll(100)).filter(({ kind }) => kind === 'customer.forgotten')
    const hashes = [ada, bob].map((ref) => createHash('sha256').update(ref).digest('hex'))
    expect(new Set(forgotten.map(({ customer_ref_sha256 }) => customer_ref_sha256))).toEqual(new Set(hashes))
    expect(forgotten.map(({ customer_ref }) => customer_ref)).toEqual([null, null])
  })

  test('begins with the oldest event that is kept, and says so when a cursor is older', async () => {
    await hold(server, { ani: ADA })
    const { cursor } = (await events()).body
    server.clock.forward(8 * DAY_MS)
    expect((await events()).body).toMatchObject({ events: [], gap: false })
    expect((await events(`?cursor=${cursor}`)).body.gap).toBe(true)
  })

  test('removes what is too old as it goes', async () => {
    const customer = mintCustomerRef(7)
    const keepAfter = 1_000_000
    await server.store.transaction(async (transaction) => {
      const scope = { transaction, tenant: 'default' }
      for (let at = keepAfter - 4000; at < keepAfter + 4000; at += 1) {
        await insertEvent(scope, 7, { at, kinds: ['call.started'], customer }, keepAfter)
      }
    })
    const [oldest] = await server.store.read('SELECT MIN(recorded_at) AS at FROM events', [])
    expect(Number(oldest?.['at'])).toBe(keepAfter)
  })

  test.each([
    ['?limit=0', ['limit']],
    ['?limit=1001', ['limit']],
    ['?cursor=nonsense', ['cursor']],
    ['?cursor=', ['cursor']],
    ['?cursor=a&cursor=b', ['cursor']],
  ])('is refused when the query breaks a rule: %s', async (query, paths) => {
    const { status, body } = await events(query)
    expect([
      status,
      (body as unknown as Answer['body']).details?.issues.map(({ path }) => path.join('.')),
    ]).toEqual([400, paths])
  })

  test('is refused without a key', async () => {
    expect((await server.request('/v1/events')).status).toBe(401)
  })
})

test('without a retention no events are recorded', async () => {
  const silent = await startTestServer()
  await hold(silent, { ani: ADA })
  expect((await allRows(silent.store))['events']).toEqual([])
  await silent.close()
})
