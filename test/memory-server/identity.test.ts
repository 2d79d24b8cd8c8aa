import { DAY_MS, newCallId, startTestServer } from './support.ts'
import type { TestServer } from './support.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

describe('the confidence of a number, by the time since the last contact', () => {
  test.each([
    [0, 0.9, 1, 'very_high'],
    [0.0007, 0.9, 1, 'very_high'],
    [2, 0.9, 1, 'very_high'],
    [44, 0.9, 1, 'very_high'],
    [60, 0.7, 0.8999, 'high'],
    [200, 0.7, 0.8999, 'high'],
    [364, 0.7, 0.8999, 'high'],
    [400, 0.3, 0.6999, 'medium'],
    [1000, 0.3, 0.6999, 'low'],
    [3650, 0, 0.2999, 'low'],
  ])('%p days: from %p to %p, %s', async (days, least, most, level) => {
    await server.identify({ ani: '+12025550110' })
    server.clock.forward(days * DAY_MS)
    const { identity } = await server.identify({ ani: '+12025550110' })
    expect(identity.confidence).toBeGreaterThanOrEqual(least)
    expect(identity.confidence).toBeLessThanOrEqual(most)
    expect(identity.level).toBe(level)
  })

  test('is recent again after each contact, the end of a call included', async () => {
    const { customer_ref } = await server.identify({ ani: '+12025550110' })
    server.clock.forward(400 * DAY_MS)
    await server.end({ call_id: newCallId(), customer_ref })
    server.clock.forward(2 * DAY_MS)
    const { identity } = await server.identify({ ani: '+12025550110' })
    expect(identity.sources).toEqual(['ani:unknown', 'recency:2day'])
    expect(identity.confidence).toBeGreaterThanOrEqual(0.9)
  })

  test('names the line type that the request gives', async () => {
    await server.identify({ ani: '+12025550110' })
    const again = await server.identify({ ani: '+12025550110' }, { telco: { line_type: 'landline' } })
    expect(again.identity.sources).toEqual(['ani:landline', 'recency:1day'])
  })
})

describe('whose call it is', () => {
  test('a new number is a new customer', async () => {
    const ada = await server.identify({ ani: '+12025550111' })
    const bob = await server.identify({ ani: '+12025550112' })
    expect(bob.customer_ref).not.toBe(ada.customer_ref)
  })

  test('an external id finds its customer from another number, which then belongs to both uses', async () => {
    const ada = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    const away = await server.identify({ ani: '+12025550112', external_ids: { crm_id: 'ada' } })
    expect(away.customer_ref).toBe(ada.customer_ref)
    expect(away.identity).toMatchObject({ confidence: 0.95, sources: ['external_id'] })
    const later = await server.identify({ ani: '+12025550112' })
    expect(later.customer_ref).toBe(ada.customer_ref)
  })

  test('an external id wins over the number', async () => {
    const ada = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    const bob = await server.identify({ ani: '+12025550112', external_ids: { crm_id: 'bob' } })
    const onAdasPhone = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'bob' } })
    expect(onAdasPhone.customer_ref).toBe(bob.customer_ref)
    expect(onAdasPhone.customer_ref).not.toBe(ada.customer_ref)
    expect(onAdasPhone.identity.sources).toEqual(['external_id', 'ani_conflict'])
    expect(onAdasPhone.identity.confidence).toBeLessThan(0.9)
    expect(onAdasPhone.identity.confidence).toBeGreaterThan(0.7)
  })

  test('a known reference wins over everything and is evidence', async () => {
    const ada = await server.identify({ ani: '+12025550111' })
    await server.identify({ ani: '+12025550112', external_ids: { crm_id: 'bob' } })
    const named = await server.identify({
      ani: '+12025550112',
      external_ids: { crm_id: 'bob' },
      customer_ref: ada.customer_ref.toUpperCase(),
    })
    expect(named.customer_ref).toBe(ada.customer_ref)
    expect(named.identity.sources).toEqual(['customer_ref', 'ani_conflict'])
    const bob = await server.identify({ external_ids: { crm_id: 'bob' } })
    expect(bob.customer_ref).not.toBe(ada.customer_ref)
  })

  test('an unknown external id is adopted by the customer of the number', async () => {
    const ada = await server.identify({ ani: '+12025550111' })
    await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    const byKey = await server.identify({ external_ids: { crm_id: 'ada' } })
    expect(byKey.customer_ref).toBe(ada.customer_ref)
    await server.identify({ ani: '+12025550111', external_ids: { email: 'ada@example.com' } })
    expect((await server.identify({ external_ids: { email: 'ada@example.com' } })).customer_ref).toBe(
      ada.customer_ref,
    )
  })

  test('the same value in another namespace is another key', async () => {
    const ada = await server.identify({ external_ids: { crm_id: '7' } })
    const other = await server.identify({ external_ids: { account_number: '7' } })
    expect(other.customer_ref).not.toBe(ada.customer_ref)
  })

  test('an unknown external id beside a different one in the same namespace is another person on that line', async () => {
    const ada = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    const bob = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'bob' } })
    expect(bob.customer_ref).not.toBe(ada.customer_ref)
    expect(bob.identity.confidence).toBe(0)
    expect((await server.identify({ external_ids: { crm_id: 'ada' } })).customer_ref).toBe(ada.customer_ref)
    expect((await server.identify({ external_ids: { crm_id: 'bob' } })).customer_ref).toBe(bob.customer_ref)
  })
})

describe('a line that several customers share', () => {
  test('is the customer with the latest contact, at 0.3 to 0.7', async () => {
    const ada = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    server.clock.forward(1000)
    const bob = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'bob' } })
    server.clock.forward(1000)
    const second = await server.identify({ ani: '+12025550111' })
    expect(second.customer_ref).toBe(bob.customer_ref)
    expect(second.identity.sources).toEqual(['ani:unknown', 'recency:1day', 'shared:2'])
    expect(second.identity.confidence).toBeGreaterThanOrEqual(0.3)
    expect(second.identity.confidence).toBeLessThan(0.7)
    await server.end({ call_id: newCallId(), customer_ref: ada.customer_ref })
    server.clock.forward(1000)
    expect((await server.identify({ ani: '+12025550111' })).customer_ref).toBe(bob.customer_ref)
    server.clock.forward(1000)
    await server.end({ call_id: newCallId(), customer_ref: ada.customer_ref })
    server.clock.forward(1000)
    expect((await server.identify({ ani: '+12025550111' })).customer_ref).toBe(ada.customer_ref)
  })

  test('is sure again once an external id speaks for one of them', async () => {
    await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'bob' } })
    const { identity } = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    expect(identity.sources).toEqual(['ani:unknown', 'recency:1day', 'shared:2', 'external_id'])
    expect(identity.confidence).toBeGreaterThanOrEqual(0.9)
  })
})

describe('what the network says of the number', () => {
  const again = async (telco: object): Promise<number> => {
    await server.identify({ ani: '+12025550113' })
    return (await server.identify({ ani: '+12025550113' }, { telco })).identity.confidence
  }

  test('raises the confidence when it vouches for it, and ends it when the signature fails', async () => {
    const plain = await again({})
    expect(await again({ attestation: 'A' })).toBeGreaterThan(plain)
    expect(await again({ attestation: 'C' })).toBeLessThan(plain)
    expect(await again({ attestation: 'failed' })).toBeLessThan(0.7)
  })

  test('lowers the confidence of a forwarded call', async () => {
    expect(await again({ forwarded: true })).toBeLessThan(await again({ forwarded: false }))
  })

  test('is refused when it is none of the words', async () => {
    const body = {
      call_id: newCallId(),
      identity_hints: { ani: '+12025550113' },
      telco: { attestation: 'D', forwarded: 1 },
    }
    const answer = await server.start(body)
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).toContain('telco.attestation must be one of A, B, C, failed')
    expect(JSON.stringify(answer.body)).toContain('telco.forwarded must be a boolean')
  })
})

describe('the candidates on a shared line', () => {
  test('are returned with the latest first, until another key tells who it is', async () => {
    const ada = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    server.clock.forward(1000)
    const bob = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'bob' } })
    server.clock.forward(1000)
    const { candidates } = await server.identify({ ani: '+12025550111' })
    expect(candidates?.map(({ customer_ref }) => customer_ref)).toEqual([bob.customer_ref, ada.customer_ref])
    for (const { confidence } of candidates ?? []) expect(confidence).toBeLessThan(0.7)
    const named = await server.identify({ ani: '+12025550111', external_ids: { crm_id: 'ada' } })
    expect(named).not.toHaveProperty('candidates')
  })

  test('are not given for a number of one customer', async () => {
    await server.identify({ ani: '+12025550111' })
    expect(await server.identify({ ani: '+12025550111' })).not.toHaveProperty('candidates')
  })
})

describe('a number that ten customers have used', () => {
  test('identifies nobody any more, and gains no more customers', async () => {
    const people = Array.from({ length: 10 }, (_, person) => `person-${person}`)
    for (const crm_id of people) await server.identify({ ani: '+12025550114', external_ids: { crm_id } })
    const first = await server.identify({ ani: '+12025550114' })
    const second = await server.identify({ ani: '+12025550114' })
    expect(first.identity).toMatchObject({ confidence: 0, sources: [], recommendation: 'ignore' })
    expect(first).not.toHaveProperty('candidates')
    expect(second.customer_ref).not.toBe(first.customer_ref)
    const known = await server.identify({ ani: '+12025550114', external_ids: { crm_id: 'person-3' } })
    expect(known.identity).toMatchObject({ confidence: 0.95, sources: ['external_id'] })
  })
})

describe('an end without a customer_ref', () => {
  test('finds the customer by its hints, or makes one, and stands alone', async () => {
    const { body } = await server.end({
      call_id: 'email_thread_456',
      identity_hints: { external_ids: { email: 'ada@example.com' } },
      intent: 'billing_inquiry',
      intent_status: 'open',
    })
    expect(body).toMatchObject({ duration_seconds: 0, intents_updated: 1, variables_updated: 0 })
    expect(body.call_start).toBe(body.call_end)
    const later = await server.identify({ external_ids: { email: 'ada@example.com' } })
    expect(later.customer_ref).toBe(body.customer_ref)
    expect(later.open_intents).toHaveLength(1)
  })

  test('belongs to the customer of its start, whoever called from that line in between', async () => {
    const hints = { ani: '+12025550111' }
    const callId = newCallId()
    const ada = await server.start({ call_id: callId, identity_hints: hints })
    server.clock.forward(1000)
    await server.identify({ ...hints, external_ids: { crm_id: 'ada' } })
    server.clock.forward(1000)
    const bob = await server.identify({ ...hints, external_ids: { crm_id: 'bob' } })
    const ended = await server.end({ call_id: callId, identity_hints: hints })
    expect(ended.body.customer_ref).toBe(ada.body.customer_ref)
    expect(ended.body.customer_ref).not.toBe(bob.customer_ref)
  })

  test('that learned an external id on the call teaches it to the customer', async () => {
    const ada = await server.identify({ ani: '+12025550111' })
    await server.end({
      call_id: newCallId(),
      customer_ref: ada.customer_ref,
      external_ids: { account_number: '778' },
    })
    const later = await server.identify({ external_ids: { account_number: '778' } })
    expect(later.customer_ref).toBe(ada.customer_ref)
  })
})
