import { createKeyedHash } from '../../../memory-server/src/identity/keyed-hash.ts'
import { findBreaches } from '../../../memory-server/src/store/integrity.ts'
import { sweepPlace } from '../../../memory-server/src/maintenance/sweep.ts'
import type { RetentionRules, SweepCounts } from '../../../memory-server/src/maintenance/sweep.ts'
import { startSweeper } from '../../../memory-server/src/maintenance/sweeper.ts'
import { endTurn, takeTurn } from '../../../memory-server/src/store/turns.ts'
import { createRetentions } from '../../../memory-server/src/tenants/retention.ts'
import { createLog } from '../../../src/log.ts'
import { eventually } from '../../support/eventually.ts'
import { ask, hold } from '../customers/support.ts'
import { DAY_MS, HASH_KEY, newCallId } from '../support.ts'
import type { TestServer } from '../support.ts'
import { countRows, startServers } from './engines.ts'
import type { Engine, Servers } from './engines.ts'

const keyedHash = createKeyedHash(HASH_KEY)
const HINTS = { ani: '+12025550142', external_ids: { crm_id: 'ada' } }
const RULES: RetentionRules = {
  retainCallsDays: 300,
  retainAnswersDays: 20,
  retainIntentsDays: 200,
  eventRetentionDays: 5,
  retainAuditDays: 40,
}

/** What must hold for rows that are past their time. */
export function retentionContract(engine: Engine): void {
  let servers: Servers
  let server: TestServer
  beforeAll(async () => {
    servers = await startServers(engine)
    server = servers.first
  }, 30_000)
  beforeEach(() => servers.empty())
  afterAll(() => servers.close())

  const sweep = (customerRef: string, rules = RULES, isDryRun = false): Promise<SweepCounts> => {
    const memory = {
      database: server.store,
      keyedHash,
      clock: server.clock.now,
      actor: 'server',
      eventRetentionMs: undefined,
      now: () => server.clock.now().getTime(),
      retentions: createRetentions({ variable_ttl_days: 30, intent_ttl_days: 90 }),
    }
    const place = { tenant: 'default', bucket: Number.parseInt(customerRef.slice(0, 2), 16) }
    return sweepPlace(memory, place, { rules, isDryRun })
  }
  /** A call that is settled, and one whose intent is open, on the same day. */
  const callTwice = async (): Promise<string> => {
    const said = { intent: 'refund', intent_status: 'resolved', variables: { note: 'zebra' } }
    const { customerRef } = await hold(server, HINTS, said)
    await hold(server, HINTS, { intent: 'billing' })
    return customerRef
  }

  test('each kind of row goes when its own time has passed, and a dry run counts the same and removes nothing', async () => {
    const customerRef = await callTwice()
    const expected = [
      [31, { variables: 1 }],
      [201, { intents: 2 }],
      [301, { notes: 2 }],
    ] as const
    let passed = 0
    for (const [days, counts] of expected) {
      server.clock.forward((days - passed) * DAY_MS)
      passed = days
      const before = await countRows(server, 'call_notes')
      const dry = await sweep(customerRef, RULES, true)
      expect(await countRows(server, 'call_notes')).toBe(before)
      expect(dry).toMatchObject(counts)
      expect(await sweep(customerRef)).toMatchObject(counts)
    }
    expect(await countRows(server, 'customers')).toBe(1)
    expect((await server.identify(HINTS)).customer_ref).toBe(customerRef)
    const bucket = Number.parseInt(customerRef.slice(0, 2), 16)
    const broken = await findBreaches(server.store, keyedHash, { tenant: 'default', bucket })
    expect(Object.values(broken).reduce((sum, count) => sum + count, 0)).toBe(0)
  })

  test('a call goes with its answers, in whatever bucket they are', async () => {
    const customerRef = await callTwice()
    const callId = newCallId()
    await server.start({ call_id: callId, identity_hints: HINTS })
    server.clock.forward(301 * DAY_MS)
    const recent = await hold(server, HINTS, { intent: 'today' })
    const rules = { ...RULES, retainAnswersDays: undefined, retainAuditDays: undefined }
    expect(await sweep(customerRef, rules, true)).toMatchObject({ notes: 3, answers: 5 })
    expect(await sweep(customerRef, rules)).toMatchObject({ notes: 3, answers: 5 })
    expect(await countRows(server, 'calls')).toBe(2)
    expect((await ask(server, customerRef)).body.calls).toHaveLength(1)
    expect(recent.customerRef).toBe(customerRef)
    await ask(server, customerRef, 'DELETE')
    expect(await countRows(server, 'calls')).toBe(0)
  })

  test('a customer who has not been in contact for so long is forgotten, with a tombstone and an entry in the audit log', async () => {
    const customerRef = await callTwice()
    server.clock.forward(100 * DAY_MS)
    expect(await sweep(customerRef, { retainCustomersDays: 101 })).toMatchObject({ customers: 0 })
    expect(await sweep(customerRef, { retainCustomersDays: 99 }, true)).toMatchObject({ customers: 1 })
    expect(await sweep(customerRef, { retainCustomersDays: 99 })).toMatchObject({ customers: 1 })
    expect((await ask(server, customerRef)).status).toBe(410)
    expect(await server.store.read('SELECT action, actor FROM audit_entries', [])).toEqual([
      { action: 'expire', actor: 'server' },
    ])
    for (const table of ['customers', 'identifier_links', 'call_notes', 'calls']) {
      expect(await countRows(server, table)).toBe(0)
    }
  })

  test('nothing goes without a rule, but what has expired', async () => {
    const customerRef = await callTwice()
    server.clock.forward(5000 * DAY_MS)
    const counts = await sweep(customerRef, {})
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(counts.variables).toBe(1)
    const rows = JSON.stringify(await server.store.read('SELECT variables FROM call_notes', []))
    expect(rows).not.toContain('zebra')
  })

  test('one process at a time has its turn, and another takes over when nothing is heard of it', async () => {
    const now = server.clock.now().getTime()
    const ask1 = (holder: string, at: number): Promise<boolean> =>
      server.store.transaction((transaction) =>
        takeTurn(transaction, { job: 'sweep', holder, now: at, expiresAt: at + 1000 }),
      )
    expect(await ask1('a', now)).toBe(true)
    expect(await ask1('b', now + 999)).toBe(false)
    expect(await ask1('a', now + 999)).toBe(true)
    expect(await ask1('b', now + 1998)).toBe(false)
    expect(await ask1('b', now + 1999)).toBe(true)
    expect(await ask1('a', now + 2000)).toBe(false)
    await server.store.transaction((transaction) => endTurn(transaction, 'sweep', now + 9000))
    expect([await ask1('a', now + 8999), await ask1('b', now + 9000)]).toEqual([false, true])
    // A clock that was two years ahead has it, and then puts it off.
    const ahead = now + 730 * DAY_MS
    expect([await ask1('c', ahead), await ask1('b', now + 9000)]).toEqual([true, true])
    await server.store.transaction((transaction) => endTurn(transaction, 'sweep', ahead))
    expect(await ask1('a', now + 9000)).toBe(true)
  })

  test('the sweeper of a server goes through all buckets, tells how it went, and stops', async () => {
    const customerRef = await callTwice()
    server.clock.forward(31 * DAY_MS)
    const lines: string[] = []
    let pending = -1
    let variables = 0
    const sweeper = startSweeper({
      operations: server.operations,
      everyHours: 24,
      log: createLog({}, (line) => lines.push(line)),
      listener: {
        onPlace: (left, counts) => {
          pending = left
          variables += counts.variables
        },
      },
      askEveryMs: 1,
      pauseMs: 0,
    })
    await eventually(() => expect(lines.join()).toContain('sweep done'))
    await sweeper.stop()
    expect([pending, variables]).toEqual([0, 1])
    expect(lines.join()).not.toContain(customerRef)
    const rows = await server.store.read("SELECT due_at FROM turns WHERE job = 'sweep'", [])
    expect(Number(rows[0]?.['due_at'])).toBeGreaterThan(server.clock.now().getTime())
  })
}
