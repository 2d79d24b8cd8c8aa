import { ENCRYPTION_KEY, HASH_KEY, newCallId, startTestServer } from '../support.ts'
import type { TestServer } from '../support.ts'
import { createKeyedHash } from '../../../memory-server/src/identity/keyed-hash.ts'
import { allRows, ask, hold } from './support.ts'

const ANI = '+12025550101'
const HINTS = { ani: ANI, external_ids: { crm_id: 'ada-1' } }

let server: TestServer
beforeEach(async () => {
  server = await startTestServer(undefined, { encryptionKeys: [ENCRYPTION_KEY] })
})
afterEach(() => server.close())

const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

/** Rows by table, without tombstones, the tenant's own count of requests and the audit log, which name nobody. */
async function countRows(): Promise<Record<string, number>> {
  const {
    tombstones: _,
    usage: __,
    audit_entries: ___,
    audit_heads: ____,
    ...rest
  } = await allRows(server.store)
  return Object.fromEntries(Object.entries(rest).map(([table, rows]) => [table, rows.length]))
}

describe('DELETE /v1/customers/{customer_ref}', () => {
  test('leaves nothing of the person in any table, and the receipt counts the rows that went', async () => {
    await hold(server, { ani: '+12025550102' }, { intent: 'other', variables: { name: 'Bob Example' } })
    const before = await countRows()
    const said = { intent: 'zebra_request', variables: { name: 'Quaxly Example', note: 'zebra' } }
    const { callId, customerRef } = await hold(server, HINTS, said)
    await hold(server, HINTS, { intent: 'unicorn', intent_status: 'resolved' })
    await server.identify(HINTS)
    const hash = createKeyedHash(HASH_KEY)
    const traces = [
      customerRef,
      ANI.slice(1),
      'ada-1',
      'zebra',
      'unicorn',
      'Quaxly',
      callId,
      hash('default', 'ani', '', ANI),
      hash('default', 'external_id', 'crm_id', 'ada-1'),
      hash('default', 'call', callId),
    ]
    const held = JSON.stringify(await allRows(server.store))
    const found = traces.filter((trace) => held.includes(trace))
    expect(found).toEqual(traces.filter((trace) => ![ANI.slice(1), 'ada-1', callId].includes(trace)))

    const withAda = await countRows()
    const { status, body } = await ask(server, customerRef, 'DELETE')
    expect(status).toBe(200)
    expect(body).toEqual({
      customer_ref: customerRef,
      forgotten_at: '2026-11-02T10:30:30.000Z',
      counts: {
        customers: 1,
        links: 2,
        claims: 2,
        readable_identifiers: 2,
        identifiers: 2,
        namespaces: 1,
        intents: 2,
        variables: 2,
        call_notes: 3,
        stored_answers: 5,
        corrections: 0,
        aliases: 0,
        merges: 0,
        events: 0,
      },
    })
    const after = await countRows()
    expect(after).toEqual(before)
    expect(totalOf(body.counts)).toBe(totalOf(withAda) - totalOf(after))
    const left = JSON.stringify(await allRows(server.store))
    expect(traces.filter((trace) => left.includes(trace))).toEqual([])
    expect(left).toContain('Bob Example')
  })

  test('answers the same receipt again, and 410 wherever the reference is used', async () => {
    const { customerRef } = await hold(server, HINTS, { intent: 'refund' })
    const first = await ask(server, customerRef, 'DELETE')
    server.clock.forward(60_000)
    expect((await ask(server, customerRef.toUpperCase(), 'DELETE')).text).toBe(first.text)
    const gone = { error: 'Gone', message: 'the customer of this customer_ref was forgotten' }
    for (const path of ['', '/export', '/recall']) {
      const answer = await ask(server, `${customerRef}${path}`)
      expect([answer.status, answer.body]).toEqual([410, gone])
    }
    const late = await server.end({ call_id: newCallId(), customer_ref: customerRef, intent: 'refund' })
    expect([late.status, late.body]).toEqual([410, gone])
  })

  test.each([
    ['an end that was still on its way', 'end', false],
    ['a repeated start', 'start', false],
    ['a repeated end', 'end', true],
    ['a start that comes after its end', 'start', true],
  ] as const)('stops %s, by its call_id alone', async (_case, stage, isEnded) => {
    const callId = newCallId()
    const hints = { ani: ANI }
    const { customer_ref } = (await server.start({ call_id: callId, identity_hints: hints })).body
    if (isEnded) await server.end({ call_id: callId, identity_hints: hints, intent: 'refund' })
    await ask(server, customer_ref, 'DELETE')
    const before = await allRows(server.store)
    const late = await server[stage]({ call_id: callId, identity_hints: hints, intent: 'refund' })
    expect(late.status).toBe(410)
    expect(late.body.message).toBe('the customer of this call was forgotten')
    expect(await allRows(server.store)).toEqual(before)
  })

  test('lets the number call again as a fresh customer, also with the old reference', async () => {
    const { customerRef } = await hold(server, HINTS, { intent: 'refund', variables: { name: 'Ada' } })
    await ask(server, customerRef, 'DELETE')
    const again = await server.identify({ ...HINTS, customer_ref: customerRef })
    expect(again.customer_ref).not.toBe(customerRef)
    expect(again).toMatchObject({ identity: { confidence: 0 }, open_intents: [], variables: {} })
  })

  test('takes nothing from others on the same line', async () => {
    const ada = await hold(server, HINTS, { intent: 'refund' })
    const bobHints = { ani: ANI, external_ids: { crm_id: 'bob' } }
    const bob = await hold(server, bobHints, { intent: 'billing', variables: { name: 'Bob' } })
    const before = await ask(server, `${bob.customerRef}/export`)
    await ask(server, ada.customerRef, 'DELETE')
    expect((await ask(server, `${bob.customerRef}/export`)).text).toBe(before.text)
    expect((await ask(server, bob.customerRef)).body.links[0]?.customers).toBe(1)
    expect((await server.identify({ ani: ANI })).customer_ref).toBe(bob.customerRef)
  })

  test('erases the stored start of a call whose end went to another customer', async () => {
    const { customerRef: ada } = await hold(server, HINTS, { variables: { name: 'Quaxly Example' } })
    const bob = (await server.identify({ ani: '+12025550102' })).customer_ref
    const callId = newCallId()
    await server.start({ call_id: callId, identity_hints: { ani: ANI } })
    await server.end({ call_id: callId, customer_ref: bob, variables: { note: 'blue' } })
    await ask(server, ada, 'DELETE')
    const left = JSON.stringify(await allRows(server.store))
    expect(left).not.toContain('Quaxly')
    expect(left).toContain('blue')
  })

  test('of ten requests at once erases once and answers all alike', async () => {
    const { customerRef } = await hold(server, HINTS, { intent: 'refund' })
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(server, customerRef, 'DELETE')))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(200)
  })
})
