import {
  DAY_MS,
  ENCRYPTION_KEY,
  movableClock,
  newCallId,
  startTestServer,
  temporaryFolder,
} from '../support.ts'
import type { TestServer } from '../support.ts'
import { allRows, ask, hold, rowsBesideAudit } from './support.ts'
import { openSqliteStore } from '../../../memory-server/src/store/sqlite.ts'
import { MIGRATIONS } from '../../../memory-server/src/store/sql/migrations.ts'
import { mintCustomerRef } from '../../../memory-server/src/identity/customer-ref.ts'

const ANI = '+12025550101'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

describe('GET /v1/customers/{customer_ref}', () => {
  test('shows context, settled intents, calls and keys with their weight, and never the number', async () => {
    const hints = { ani: ANI, external_ids: { crm_id: 'ada-1' } }
    const { customerRef } = await hold(server, hints, { intent: 'refund', variables: { name: 'Ada' } })
    await hold(server, hints, { intent: 'billing', intent_status: 'resolved' })
    const ongoing = await server.identify({ ani: ANI })
    server.clock.forward(2 * DAY_MS)
    const { status, body, text } = await ask(server, customerRef)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      customer_ref: customerRef,
      created_at: '2026-11-02T10:30:00.000Z',
      last_contact_at: ongoing.call_start,
      identity: { confidence: 0.98, sources: ['customer_ref'], recommendation: 'reuse' },
      open_intents: [{ intent: 'refund', status: 'open', attempt_count: 1 }],
      settled_intents: [{ intent: 'billing', status: 'resolved', settled_at: '2026-11-02T10:30:15.000Z' }],
      variables: { name: { value: 'Ada', source: null, ttl_seconds: 2_419_185 } },
    })
    expect(body.calls).toEqual([
      {
        call_start: ongoing.call_start,
        call_end: null,
        duration_seconds: null,
        intent: null,
        intent_status: null,
        intents: [],
      },
      {
        call_start: '2026-11-02T10:30:10.000Z',
        call_end: '2026-11-02T10:30:15.000Z',
        duration_seconds: 5,
        intent: 'billing',
        intent_status: 'resolved',
        intents: [{ intent: 'billing', intent_status: 'resolved' }],
      },
      {
        call_start: '2026-11-02T10:30:00.000Z',
        call_end: '2026-11-02T10:30:05.000Z',
        duration_seconds: 5,
        intent: 'refund',
        intent_status: 'open',
        intents: [{ intent: 'refund', intent_status: 'open' }],
      },
    ])
    expect(body.links).toMatchObject([
      {
        kind: 'ani',
        namespace: null,
        customers: 1,
        first_seen: body.created_at,
        last_seen: ongoing.call_start,
      },
      { kind: 'external_id', namespace: 'crm_id', customers: 1, evidence: { confidence: 0.95 } },
    ])
    expect(text).not.toMatch(/2025550101|ada-1/)
  })

  test('gives the evidence as numbers whose sum is the confidence, and says how many share a line', async () => {
    const { customer_ref } = await server.identify({ ani: ANI, external_ids: { crm_id: 'ada' } })
    await server.identify({ ani: ANI, external_ids: { crm_id: 'bob' } })
    const { body } = await ask(server, customer_ref)
    const line = body.links.find(({ kind }) => kind === 'ani')
    expect(line?.customers).toBe(2)
    const weights = line?.evidence.contributions ?? []
    expect(weights.map(({ source }) => source)).toEqual(['ani:unknown', 'recency:1day', 'shared:2'])
    const sum = weights.reduce((total, { log_odds }) => total + log_odds, 0)
    expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(line?.evidence.confidence ?? 0, 2)
  })

  test('records no contact and changes nothing', async () => {
    const { customerRef } = await hold(server, { ani: ANI }, { intent: 'refund' })
    const before = await rowsBesideAudit(server.store)
    server.clock.forward(DAY_MS)
    for (const path of ['', '/export', '/recall']) {
      expect((await ask(server, `${customerRef}${path}`)).status).toBe(200)
    }
    expect(await rowsBesideAudit(server.store)).toEqual(before)
  })

  test('lists at most the 50 latest calls', async () => {
    const { customer_ref } = await server.identify({ ani: ANI })
    await Promise.all(
      Array.from({ length: 60 }, () => server.end({ call_id: newCallId(), customer_ref, intent: 'refund' })),
    )
    expect((await ask(server, customer_ref)).body.calls).toHaveLength(50)
  })

  test('shows a call with the customer to whom its end was saved', async () => {
    const callId = newCallId()
    const ada = (await server.start({ call_id: callId, identity_hints: { ani: ANI } })).body.customer_ref
    const bob = (await server.identify({ ani: '+12025550102' })).customer_ref
    await server.end({ call_id: callId, customer_ref: bob, intent: 'refund' })
    expect((await ask(server, ada)).body.calls).toEqual([])
    expect((await ask(server, bob)).body.calls.map(({ intent }) => intent)).toContain('refund')
  })
})

describe('the readable form of numbers and external ids', () => {
  const hints = { ani: ANI, external_ids: { crm_id: 'ada-1', account: 'A-20250001' } }

  test('is masked unless it is asked for, and whole in the export', async () => {
    const readable = await startTestServer(movableClock(), { encryptionKeys: [ENCRYPTION_KEY] })
    const { customer_ref } = await readable.identify(hints)
    const valuesIn = async (path: string): Promise<unknown[]> =>
      (await ask(readable, `${customer_ref}${path}`)).body.links.map(({ value }) => String(value)).sort()
    const masked = ['••••••', '••••••01', '••••••01']
    expect(await valuesIn('')).toEqual(masked)
    expect(await valuesIn('?reveal=no')).toEqual(masked)
    const whole = [ANI, 'A-20250001', 'ada-1']
    expect(await valuesIn('?reveal=yes')).toEqual(whole)
    expect(await valuesIn('/export')).toEqual(whole)
    const wrong = await ask(readable, `${customer_ref}?reveal=1`)
    expect([wrong.status, wrong.body.details?.issues]).toEqual([
      400,
      [{ path: ['reveal'], message: 'reveal must be one of yes, no' }],
    ])
    await readable.close()
  })

  test('is not kept without a key', async () => {
    const { customer_ref } = await server.identify(hints)
    const { body } = await ask(server, `${customer_ref}?reveal=yes`)
    expect(body.links.map(({ value }) => value)).toEqual([null, null, null])
    expect((await allRows(server.store))['readable_identifiers']).toEqual([])
  })
})

describe('every path under /v1/customers', () => {
  const paths: readonly (readonly [string, string])[] = [
    ['GET', ''],
    ['GET', '/export'],
    ['GET', '/recall'],
    ['DELETE', ''],
  ]

  test.each(paths)(
    '%s%s answers 404 for a reference that nobody has, whatever its form',
    async (method, path) => {
      for (const reference of ['nobody', mintCustomerRef(7), '%00', "'--"]) {
        const answer = await ask(server, `${reference}${path}`, method)
        expect(answer.status).toBe(404)
        expect(answer.body).toEqual({ error: 'Not Found', message: 'no customer has this customer_ref' })
      }
    },
  )

  test.each(paths)('%s%s is refused without a key, and does nothing', async (method, path) => {
    const { customer_ref } = await server.identify({ ani: ANI })
    const answer = await server.request(`/v1/customers/${customer_ref}${path}`, { method })
    expect(answer.status).toBe(401)
    expect((await ask(server, customer_ref)).status).toBe(200)
  })

  test('takes a reference in capitals', async () => {
    const { customer_ref } = await server.identify({ ani: ANI })
    expect((await ask(server, customer_ref.toUpperCase())).body.customer_ref).toBe(customer_ref)
  })
})

describe('GET /v1/customers/{customer_ref}/export', () => {
  test('is a download that names its format and holds every text and time', async () => {
    const hints = { ani: ANI, external_ids: { crm_id: 'ada-1' } }
    const { customerRef } = await hold(server, hints, { intent: 'refund', variables: { name: 'Ada' } })
    const { headers, body } = await ask(server, `${customerRef}/export`)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('content-disposition')).toBe(`attachment; filename="customer-${customerRef}.json"`)
    expect(body).toMatchObject({
      format: 'caller-memory.customer',
      version: 1,
      exported_at: '2026-11-02T10:30:10.000Z',
      customer: { customer_ref: customerRef, last_contact_at: '2026-11-02T10:30:05.000Z' },
      links: [{ kind: 'ani' }, { kind: 'external_id', namespace: 'crm_id' }],
      intents: [
        { intent: 'refund', status: 'open', attempt_count: 1, updated_at: '2026-11-02T10:30:05.000Z' },
      ],
      variables: [{ name: 'name', value: 'Ada', expires_at: '2026-12-02T10:30:05.000Z' }],
      calls: [{ intent: 'refund', variables: { name: 'Ada' }, duration_seconds: 5 }],
      stored_answers: [
        { stage: 'start', answer: { customer_ref: customerRef, variables: {} } },
        { stage: 'end', answer: { variables_updated: 1 } },
      ],
    })
  })
})

test('calls of before the customers API belong to their customer in every bucket', async () => {
  const folder = temporaryFolder()
  const options = { path: `${folder.path}/memory.db`, clock: movableClock().now }
  const old = await openSqliteStore({ ...options, migrations: MIGRATIONS.slice(0, 1) })
  const references = Array.from({ length: 256 }, (_, bucket) => mintCustomerRef(bucket))
  await old.transaction(async ({ run }) => {
    for (const [index, reference] of references.entries()) {
      const call = `INSERT INTO calls VALUES ('default', 1, $1, $2, 'b', $3, '{}', $4)`
      await run(call, [`c${index}`, 'start', reference, 1000])
      if (index % 2 === 0) await run(call, [`c${index}`, 'end', reference, 3000])
    }
  })
  await old.close()
  const store = await openSqliteStore(options)
  const rows = await store.read(
    'SELECT bucket, customer_ref, called_at, ended_at FROM call_notes ORDER BY bucket',
    [],
  )
  expect(rows.map((row) => Object.values(row))).toEqual(
    references.map((reference, bucket) => [bucket, reference, 1000, bucket % 2 === 0 ? 3000 : null]),
  )
  await store.close()
  folder.remove()
})
