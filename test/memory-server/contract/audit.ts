import { runKeyCommand } from '../../../memory-server/src/cli/keys.ts'
import { createKeyedHash } from '../../../memory-server/src/identity/keyed-hash.ts'
import { verifyChain } from '../../../memory-server/src/maintenance/verify-chain.ts'
import { verifyDatabase } from '../../../memory-server/src/maintenance/verify.ts'
import { findBreaches } from '../../../memory-server/src/store/integrity.ts'
import { numberOf, textOf } from '../../../memory-server/src/store/database.ts'
import { pruneAudit } from '../../../memory-server/src/store/audit.ts'
import { ask, hold } from '../customers/support.ts'
import { bearer, ENCRYPTION_KEY, HASH_KEY } from '../support.ts'
import type { TestServer } from '../support.ts'
import { startServers } from './engines.ts'
import type { Engine, Servers } from './engines.ts'

const keyedHash = createKeyedHash(HASH_KEY)
const HINTS = { ani: '+12025550142', external_ids: { crm_id: 'quaxly-77' } }

/** What must hold for the log of who read or erased what. */
export function auditContract(engine: Engine): void {
  let servers: Servers
  let server: TestServer
  beforeAll(async () => {
    servers = await startServers(engine, { encryptionKeys: [ENCRYPTION_KEY] })
    server = servers.first
  }, 30_000)
  beforeEach(() => servers.empty())
  afterAll(() => servers.close())

  const run = (sql: string): Promise<void> =>
    server.store.transaction((transaction) => transaction.run(sql, []))
  const problems = async (): Promise<readonly string[]> =>
    (await verifyDatabase({ database: server.store, keyedHash, isFile: engine.servers === 1 })).problems
  /** What is wrong with the one chain that a test fills. */
  const chainProblem = async (bucket: number): Promise<string | undefined> =>
    (await verifyChain(server.store, keyedHash, { tenant: 'default', bucket })).problem
  const actions = async (): Promise<string[]> => {
    const rows = await server.store.read('SELECT action FROM audit_entries ORDER BY bucket, seq', [])
    return rows.map((row) => textOf(row, 'action'))
  }
  /** Five entries in one chain. */
  const readFiveTimes = async (): Promise<{ bucket: number; customerRef: string }> => {
    const { customerRef } = await hold(server, HINTS, { intent: 'refund' })
    for (const path of ['', '?reveal=yes', '/export', '/recall', '']) {
      expect((await ask(server, `${customerRef}${path}`)).status).toBe(200)
    }
    return { bucket: Number.parseInt(customerRef.slice(0, 2), 16), customerRef }
  }

  test('it holds every read and erasure with who asked, and nothing of the person', async () => {
    const { customerRef } = await readFiveTimes()
    const callId = (await hold(server, HINTS)).callId
    await server.request(`/v1/calls/${callId}/correct`, {
      method: 'POST',
      headers: bearer(),
      body: '{"verdict":"wrong_person"}',
    })
    await ask(server, 'nobody')
    await ask(server, customerRef, 'DELETE')
    await ask(server, customerRef, 'DELETE')
    expect(await actions()).toEqual(['show', 'reveal', 'export', 'recall', 'show', 'correct', 'forget'])
    const rows = JSON.stringify(await server.store.read('SELECT * FROM audit_entries', []))
    for (const trace of [customerRef, '2025550142', 'quaxly', 'refund', callId])
      expect(rows).not.toContain(trace)
    expect(rows).toContain('"actor":"configuration"')
  })

  test('it names the key that asked, and records keys and tenants that are made', async () => {
    const options = { database: server.store, keyedHash, clock: server.clock.now }
    await runKeyCommand({ kind: 'create tenant', tenant: 'acme' }, options)
    const created = { kind: 'create key', tenant: 'acme', mode: 'test', scopes: ['read', 'calls'] } as const
    const [apiKey = ''] = await runKeyCommand(created, options)
    const init = {
      method: 'POST',
      headers: bearer(apiKey),
      body: `{"call_id":"a1","identity_hints":${JSON.stringify(HINTS)}}`,
    }
    const { customer_ref } = (await server.request('/v1/calls/start', init)).body
    await server.request(`/v1/customers/${customer_ref}`, { headers: bearer(apiKey) })
    await runKeyCommand({ kind: 'revoke key', prefix: apiKey.slice(0, 16) }, options)
    const rows = await server.store.read(
      "SELECT action, actor, detail FROM audit_entries WHERE tenant = 'acme' ORDER BY at, seq",
      [],
    )
    expect(
      rows.map((row) => `${textOf(row, 'action')} ${textOf(row, 'actor')} ${textOf(row, 'detail')}`).sort(),
    ).toEqual([
      `create_key command line ${apiKey.slice(0, 16)}`,
      'create_tenant command line acme',
      `revoke_key command line ${apiKey.slice(0, 16)}`,
      `show ${apiKey.slice(0, 16)} `,
    ])
    expect(await chainProblem(0)).toBeUndefined()
  })

  test('40 reads at once of one customer, on all servers, are 40 entries in one whole chain', async () => {
    const { customer_ref } = await server.identify(HINTS)
    const reads = Array.from({ length: 40 }, (_, index) => ask(servers.pick(index), customer_ref))
    expect(new Set((await Promise.all(reads)).map(({ status }) => status))).toEqual(new Set([200]))
    const rows = await server.store.read('SELECT seq FROM audit_entries ORDER BY seq', [])
    expect(rows.map((row) => numberOf(row, 'seq'))).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    )
    expect(await chainProblem(Number.parseInt(customer_ref.slice(0, 2), 16))).toBeUndefined()
  })

  test.each([
    [
      'changed',
      "UPDATE audit_entries SET actor = 'sk_live_somebody' WHERE seq = 2",
      'entry 2 was changed or moved',
    ],
    ['taken out', 'DELETE FROM audit_entries WHERE seq = 3', 'entry 3 is missing'],
    ['cut off at the end', 'DELETE FROM audit_entries WHERE seq > 3', 'entry 4 is missing'],
    ['cut off at the beginning', 'DELETE FROM audit_entries WHERE seq < 3', 'entry 1 is missing'],
    [
      'added',
      `INSERT INTO audit_entries (tenant, bucket, seq, at, action, actor, subject, detail, mac)
      SELECT tenant, bucket, 6, at, action, actor, subject, detail, mac FROM audit_entries WHERE seq = 5`,
      'entry 6 is beyond its head',
    ],
    ['a head', 'UPDATE audit_heads SET seq = 4 WHERE seq = 5', 'its head was changed'],
    ['no head', 'DELETE FROM audit_heads WHERE seq = 5', 'its head is missing'],
  ])('tampering is found and named: %s', async (_case, sql, problem) => {
    const { bucket } = await readFiveTimes()
    expect(await chainProblem(bucket)).toBeUndefined()
    await run(sql)
    expect(await chainProblem(bucket)).toBe(problem)
  })

  test("tampering is found and named: two entries in each other's place, also after more were appended", async () => {
    const { bucket, customerRef } = await readFiveTimes()
    await run('UPDATE audit_entries SET seq = 100 WHERE seq = 2')
    await run('UPDATE audit_entries SET seq = 2 WHERE seq = 4')
    await run('UPDATE audit_entries SET seq = 4 WHERE seq = 100')
    await ask(server, customerRef)
    expect(await chainProblem(bucket)).toBe('entry 2 was changed or moved')
    expect(await problems()).toEqual([
      `audit log of tenant default, bucket ${bucket}: entry 2 was changed or moved`,
    ])
  })

  test('old entries go with their time, and the rest can still be verified', async () => {
    const { bucket, customerRef } = await readFiveTimes()
    server.clock.forward(60_000)
    const before = server.clock.now().getTime()
    await ask(server, customerRef)
    const prune = (limit: number): Promise<number> =>
      server.store.transaction((transaction) =>
        pruneAudit({ transaction, tenant: 'default' }, keyedHash, bucket, { before, limit }),
      )
    expect([await prune(3), await prune(3), await prune(3)]).toEqual([3, 2, 0])
    expect(await actions()).toEqual(['show'])
    expect(await chainProblem(bucket)).toBeUndefined()
    await run('DELETE FROM audit_entries WHERE seq = 6')
    expect(await chainProblem(bucket)).toBe('entry 6 is missing')
  })

  test('rows that belong to nobody are found and counted, and so is somebody who was forgotten and is back', async () => {
    const { customerRef, bucket } = await readFiveTimes()
    const breaches = async (): Promise<object> => {
      const found = await findBreaches(server.store, keyedHash, { tenant: 'default', bucket })
      return Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0))
    }
    expect(await breaches()).toEqual({})
    const [row = {}] = await server.store.read('SELECT * FROM customers', [])
    await run('DELETE FROM customers')
    expect(await breaches()).toEqual({
      'intents of nobody': 1,
      'notes of calls of nobody': 1,
      'names of external ids of nobody': 1,
      'identifiers of nobody': 2,
    })
    expect(await problems()).toContain(`1 intents of nobody, the first in tenant default, bucket ${bucket}`)
    await run('DELETE FROM customer_identifiers')
    expect(Object.keys(await breaches())).toContain('links of nobody')
    await run('DELETE FROM identifier_links')
    expect((await problems()).join()).toContain('2 readable identifiers that nobody has')
    const back = `INSERT INTO customers (tenant, bucket, customer_ref, created_at, last_contact_at)
      VALUES ('default', ${numberOf(row, 'bucket')}, '${customerRef}', 1, 1)`
    await run(back)
    await ask(server, customerRef, 'DELETE')
    expect(await breaches()).not.toHaveProperty('customers who were forgotten')
    await run(back)
    expect(await breaches()).toHaveProperty('customers who were forgotten', 1)
  })
}
