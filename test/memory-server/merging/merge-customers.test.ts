import type { MergeResponse, UnmergeResponse } from '../../../src/contract.ts'
import { ask, hold, rowsBesideAudit } from '../customers/support.ts'
import { attemptsOf, bearer, DAY_MS, newCallId, startTestServer, valuesOf } from '../support.ts'
import type { Answer, TestServer } from '../support.ts'

const ADA = '+12025550161'
const BOB = '+12025550162'
const UNKNOWN = 'b5d2f90b-523b-4f4f-91e2-be35bb174b0d'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

type MergeAnswer = Answer & { readonly body: MergeResponse & UnmergeResponse }

async function post(path: string, body?: object): Promise<MergeAnswer> {
  const init = { method: 'POST', headers: bearer(), ...(body && { body: JSON.stringify(body) }) }
  return (await server.request(`/v1/customers/${path}`, init)) as MergeAnswer
}
const merge = (customerRef: string, into: string): Promise<MergeAnswer> =>
  post(`${customerRef}/merge`, { into })
const unmerge = (customerRef: string): Promise<MergeAnswer> => post(`${customerRef}/unmerge`)

/** Every row of every table, in a fixed order. */
async function snapshot(): Promise<Record<string, string[]>> {
  const tables = Object.entries(await rowsBesideAudit(server.store))
  return Object.fromEntries(
    tables.map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).toSorted()]),
  )
}

async function twoCustomers(): Promise<{ ada: string; bob: string; callOfAda: string }> {
  const first = await hold(
    server,
    { ani: ADA, external_ids: { crm_id: 'ada' } },
    { intent: 'refund', variables: { name: 'Ada', plan: 'gold' }, source: 'agent' },
  )
  const { customerRef: bob } = await hold(
    server,
    { ani: BOB, external_ids: { shop: 'b-1' } },
    {
      intents: [{ intent: 'refund' }, { intent: 'billing', intent_status: 'resolved' }],
      variables: { name: 'Adda', city: 'Springfield' },
      source: 'ivr',
    },
  )
  return { ada: first.customerRef, bob, callOfAda: first.callId }
}

describe('POST /v1/customers/{customer_ref}/merge', () => {
  test('makes two customers one, whose reference both lead to', async () => {
    const { ada, bob } = await twoCustomers()
    const { status, body } = await merge(ada, bob)
    expect(status).toBe(200)
    const merged_at = server.clock.now().toISOString()
    expect(body).toEqual({ customer_ref: bob, merged_customer_ref: ada, merged_at })
    for (const ref of [ada, bob]) {
      const shown = (await ask(server, ref)).body
      expect(shown).toMatchObject({
        customer_ref: bob,
        merged: [{ customer_ref: ada, into: bob, merged_at }],
      })
      expect(valuesOf(shown.variables)).toEqual({ city: 'Springfield', name: 'Ada', plan: 'gold' })
      expect(attemptsOf(shown.open_intents)).toEqual(['refund x 2'])
      expect(shown.settled_intents.map(({ intent }) => intent)).toEqual(['billing'])
      expect(shown.calls).toHaveLength(2)
      expect(shown.links).toHaveLength(4)
      expect(shown.created_at).toBe('2026-11-02T10:30:00.000Z')
    }
    for (const hints of [{ ani: ADA }, { external_ids: { crm_id: 'ada' } }, { customer_ref: ada }]) {
      expect((await server.identify(hints)).customer_ref).toBe(bob)
    }
    const late = await server.end({ call_id: newCallId(), customer_ref: ada, intent: 'refund' })
    expect([late.status, late.body.customer_ref]).toEqual([200, bob])
    expect((await ask(server, `${ada}/recall?query=gold`)).body).toMatchObject({
      customer_ref: bob,
      results: [{ variables: { plan: 'gold' } }],
    })
  })

  test('is taken apart exactly: every row is as it was', async () => {
    const { ada, bob } = await twoCustomers()
    await hold(server, { ani: ADA, external_ids: { shop: 'b-1' } }, { intent: 'refund' })
    const before = await snapshot()
    await merge(ada, bob)
    expect(await snapshot()).not.toEqual(before)
    const { status, body } = await unmerge(ada)
    expect([status, body]).toEqual([200, { customer_ref: ada, separated_from: bob }])
    expect(await snapshot()).toEqual(before)
    await merge(bob, ada)
    await unmerge(bob)
    expect(await snapshot()).toEqual(before)
  })

  test('asked again answers the same and changes nothing, and so does taking apart', async () => {
    const { ada, bob } = await twoCustomers()
    const first = await merge(ada, bob)
    server.clock.forward(60_000)
    const merged = await snapshot()
    expect((await merge(ada, bob.toUpperCase())).text).toBe(first.text)
    expect((await merge(bob, ada)).text).toBe(first.text)
    expect(await snapshot()).toEqual(merged)
    await unmerge(ada)
    const apart = await snapshot()
    expect((await unmerge(ada)).body).toEqual({ customer_ref: ada, separated_from: null })
    expect(await snapshot()).toEqual(apart)
  })

  test('of ten at once in both directions makes one customer of two', async () => {
    const { ada, bob } = await twoCustomers()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? merge(ada, bob) : merge(bob, ada))),
    )
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect((await rowsBesideAudit(server.store))['customers']).toHaveLength(1)
  })

  test('takes a customer along with those who were merged into it, and is taken apart from the last one', async () => {
    const { ada, bob } = await twoCustomers()
    const { customerRef: eve } = await hold(server, { ani: '+12025550163' }, { variables: { name: 'Eve' } })
    const before = await snapshot()
    await merge(ada, bob)
    const middle = await snapshot()
    await merge(bob, eve)
    expect((await ask(server, ada)).body.customer_ref).toBe(eve)
    expect((await ask(server, eve)).body.merged.map(({ customer_ref }) => customer_ref)).toEqual([bob, ada])
    expect((await server.identify({ customer_ref: ada })).customer_ref).toBe(eve)
    expect((await unmerge(ada)).status).toBe(409)
    await unmerge(bob)
    expect((await ask(server, ada)).body.customer_ref).toBe(bob)
    expect(Object.keys(middle)).toEqual(Object.keys(before))
    await unmerge(ada)
    const links = (await ask(server, ada)).body.links
    expect(links.map(({ namespace }) => namespace)).toEqual([null, 'crm_id'])
  })

  test('leaves what came since where it came to, when it is taken apart', async () => {
    const { ada, bob } = await twoCustomers()
    await merge(ada, bob)
    await hold(
      server,
      { ani: ADA, external_ids: { loyalty: 'l-1' } },
      { intent: 'refund', variables: { name: 'Ada Lovely', mood: 'calm' } },
    )
    await unmerge(ada)
    const [left, back] = [(await ask(server, bob)).body, (await ask(server, ada)).body]
    expect(valuesOf(left.variables)).toEqual({ city: 'Springfield', mood: 'calm', name: 'Ada Lovely' })
    expect(valuesOf(back.variables)).toEqual({ name: 'Ada', plan: 'gold' })
    expect(attemptsOf(left.open_intents)).toEqual(['refund x 2'])
    expect(attemptsOf(back.open_intents)).toEqual(['refund x 1'])
    expect([left.calls.length, back.calls.length]).toEqual([2, 1])
    expect(left.links.map(({ namespace }) => namespace ?? '').toSorted()).toEqual(['', 'loyalty', 'shop'])
    expect((await server.identify({ ani: ADA })).customer_ref).toBe(ada)
    expect((await server.identify({ external_ids: { loyalty: 'l-1' } })).customer_ref).toBe(bob)
  })

  test('does not bring back what was forgotten or has expired meanwhile', async () => {
    const { ada, bob } = await twoCustomers()
    await hold(server, { ani: ADA }, { variables: { note: { value: 'zebra', ttl_seconds: 60 } } })
    await merge(ada, bob)
    await server.end({ call_id: newCallId(), customer_ref: bob, variables: { plan: null } })
    const rows = await rowsBesideAudit(server.store)
    const kept = [rows['variables'], rows['call_notes'], rows['customer_merges']]
    expect(JSON.stringify(kept)).not.toContain('gold')
    expect(JSON.stringify(kept)).toContain('zebra')
    server.clock.forward(60_000)
    await unmerge(ada)
    expect(valuesOf((await ask(server, ada)).body.variables)).toEqual({ name: 'Ada' })
    expect(JSON.stringify((await rowsBesideAudit(server.store))['variables'])).not.toMatch(/zebra|gold/)
  })

  test('keeps the 64 newest variables, and gives the others back', async () => {
    const many = (prefix: string): object => ({
      variables: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${prefix}${index}`, 'x'])),
    })
    const { customerRef: ada } = await hold(server, { ani: ADA }, many('a'))
    const { customerRef: bob } = await hold(server, { ani: BOB }, many('b'))
    await merge(ada, bob)
    expect(Object.keys((await ask(server, bob)).body.variables)).toHaveLength(64)
    await unmerge(ada)
    expect(Object.keys((await ask(server, ada)).body.variables)).toHaveLength(40)
    expect(Object.keys((await ask(server, bob)).body.variables)).toHaveLength(40)
  })

  test('during a call sends the save to the customer that both are', async () => {
    const { ada, bob } = await twoCustomers()
    const callId = newCallId()
    await server.start({ call_id: callId, identity_hints: { ani: ADA } })
    await merge(ada, bob)
    const ended = await server.end({ call_id: callId, identity_hints: { ani: ADA }, intent: 'delivery' })
    expect(ended.body.customer_ref).toBe(bob)
    const { calls } = (await ask(server, bob)).body
    expect(calls.map(({ intent }) => intent)).toEqual(['delivery', 'refund', 'refund'])
  })

  test('leaves a call correctable, before and after it is taken apart', async () => {
    const { ada, bob, callOfAda } = await twoCustomers()
    await merge(ada, bob)
    const correct = async (body: object): Promise<Answer & { body: { correction_id: string } }> => {
      const init = { method: 'POST', headers: bearer(), body: JSON.stringify(body) }
      return (await server.request(`/v1/calls/${callOfAda}/correct`, init)) as never
    }
    const moved = await correct({ verdict: 'wrong_person' })
    expect(moved.body.customer_ref).not.toBe(bob)
    expect((await ask(server, bob)).body.calls).toHaveLength(1)
    const undone = await correct({ verdict: 'undo', correction_id: moved.body.correction_id })
    expect([undone.status, undone.body.customer_ref]).toEqual([200, bob])
    await unmerge(ada)
    expect((await correct({ verdict: 'another', customer_ref: bob })).body.customer_ref).toBe(bob)
  })

  test.each(['gone', 'kept'] as const)(
    'is exported and forgotten whole by either reference: %s',
    async (side) => {
      await hold(server, { ani: '+12025550164' }, { variables: { name: 'Zoe' } })
      const others = await snapshot()
      const { ada, bob } = await twoCustomers()
      await merge(ada, bob)
      await hold(server, { ani: ADA }, { intent: 'refund' })
      const ref = side === 'gone' ? ada : bob
      const { body } = await ask(server, `${ref}/export`)
      expect(body.customer.customer_ref).toBe(bob)
      expect(body.calls).toHaveLength(3)
      expect(body.stored_answers).toHaveLength(6)
      expect(JSON.stringify(body.merged)).toContain('gold')

      const withThem = await snapshot()
      const receipt = await ask(server, ref, 'DELETE')
      expect(receipt.body.counts).toMatchObject({ customers: 1, aliases: 1, merges: 1, call_notes: 3 })
      const after = await snapshot()
      const went = Object.keys(withThem).filter((table) => !['tombstones', 'usage'].includes(table))
      const total = went.reduce((sum, table) => sum + withThem[table]!.length - after[table]!.length, 0)
      expect(Object.values(receipt.body.counts).reduce((sum, count) => sum + count, 0)).toBe(total)
      for (const table of went) expect([table, after[table]]).toEqual([table, others[table]])
      expect(JSON.stringify(after)).not.toMatch(new RegExp(`${ada}|${bob}|Ada|Springfield|gold`))
      expect((await ask(server, ref, 'DELETE')).text).toBe(receipt.text)
      for (const each of [ada, bob]) {
        expect((await ask(server, each)).status).toBe(410)
        expect((await merge(each, UNKNOWN)).status).toBe(410)
        expect((await unmerge(each)).status).toBe(410)
      }
    },
  )

  test('is refused for itself, for a customer that nobody has, and without a key', async () => {
    const { ada } = await twoCustomers()
    const before = await snapshot()
    expect((await merge(ada, ada.toUpperCase())).status).toBe(400)
    expect((await post(`${ada}/merge`, {})).body.details?.issues[0]?.path).toEqual(['into'])
    expect((await merge(ada, UNKNOWN)).status).toBe(404)
    expect((await merge(UNKNOWN, ada)).status).toBe(404)
    expect((await unmerge(UNKNOWN)).status).toBe(404)
    const bare = { method: 'POST', body: JSON.stringify({ into: UNKNOWN }) }
    expect((await server.request(`/v1/customers/${ada}/merge`, bare)).status).toBe(401)
    expect(await snapshot()).toEqual(before)
  })

  test('keeps what both had with a number: it is shared no more, and shared again', async () => {
    const ada = await hold(server, { ani: ADA, external_ids: { crm_id: 'ada' } })
    const bob = await hold(server, { ani: ADA, external_ids: { crm_id: 'bob' } })
    server.clock.forward(DAY_MS)
    expect((await server.identify({ ani: ADA })).candidates).toHaveLength(2)
    await merge(ada.customerRef, bob.customerRef)
    const one = await server.identify({ ani: ADA })
    expect(one.candidates).toBeUndefined()
    expect(one.identity.level).toBe('very_high')
    await unmerge(ada.customerRef)
    expect((await server.identify({ ani: ADA })).candidates).toHaveLength(2)
  })
})
