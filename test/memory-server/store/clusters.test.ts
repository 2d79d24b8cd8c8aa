import { createKeyedHash } from '../../../memory-server/src/identity/keyed-hash.ts'
import { openClusterStore } from '../../../memory-server/src/store/clusters/open-clusters.ts'
import { openPostgresStore } from '../../../memory-server/src/store/postgres.ts'
import { tablesOfSchema } from '../../../memory-server/src/store/tables.ts'
import { postgresBinaries, runSql, startPostgres } from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { createClusters, divideBuckets } from '../contract/engines.ts'
import { attemptsOf, bearer, HASH_KEY, movableClock, startTestServer, valuesOf } from '../support.ts'
import type { Answer, TestServer } from '../support.ts'
import { createFailingHosts } from './failing-hosts.ts'
import type { CommitFault, FailingHosts } from './failing-hosts.ts'

const binaries = postgresBinaries()
// Where there are no binaries, the contract suite says so.
const describeOnPostgres = binaries === undefined ? describe.skip : describe

const keyedHash = createKeyedHash(HASH_KEY)
const clock = movableClock()
let postgres: PostgresServer
let urls: readonly string[]
let removeClusters: () => Promise<void>

/** The first value of a series that has never been used and whose rows are in a cluster. */
function createPicker(
  kind: readonly string[],
  valueAt: (index: number) => string,
): (cluster: number) => string {
  let last = 0
  return (cluster) => {
    for (;;) {
      last += 1
      const value = valueAt(last)
      const bucket = Number.parseInt(keyedHash('default', ...kind, value).slice(0, 2), 16)
      if (bucket % urls.length === cluster) return value
    }
  }
}
const pickNumber = createPicker(['ani', ''], (index) => `+1202555${String(index).padStart(4, '0')}`)
const pickCrmId = createPicker(['external_id', 'crm'], (index) => `customer-${index}`)
const pickCallId = createPicker(['call'], (index) => `call-${index}`)

const startServer = (hosts?: FailingHosts): Promise<TestServer> =>
  startTestServer(clock, {}, (options) =>
    openClusterStore({ urls, clock: options.clock, ...(hosts && { openHosts: hosts.open }) }),
  )
const usageOf = async (server: TestServer): Promise<{ readonly starts: number; readonly ends: number }> => {
  const { starts, ends } = JSON.parse((await server.request('/v1/usage', { headers: bearer() })).text) as {
    starts: number
    ends: number
  }
  return { starts, ends }
}
const allRowsAt = (url: string): Promise<unknown> =>
  Promise.all(tablesOfSchema().map(({ name }) => runSql(url, `SELECT * FROM ${name}`)))
const rowsIn = async (table: string): Promise<number> => {
  const counts = await Promise.all(urls.map((url) => runSql(url, `SELECT count(*) AS n FROM ${table}`)))
  return counts.reduce((sum, [row]) => sum + Number(row?.['n']), 0)
}

beforeAll(async () => {
  if (binaries === undefined) return
  postgres = await startPostgres(binaries)
  const made = await createClusters(postgres.url, 3)
  urls = made.urls
  removeClusters = made.remove
  await divideBuckets(urls)
}, 30_000)
afterAll(async () => {
  if (binaries === undefined) return
  await removeClusters()
  await postgres.stop()
})

// The customer decides, a pointer and the stored answer follow, then the note and two marks are removed.
const COMMITS = [1, 2, 3, 4, 5, 6]
const FAULTS: readonly CommitFault[] = ['refused', 'unheard', 'last', 'dies']
const CASES = COMMITS.flatMap((number) => FAULTS.map((fault) => [number, fault] as const))

describeOnPostgres('a call whose rows are in three clusters', () => {
  let after: TestServer
  beforeAll(async () => {
    after = await startServer()
  })
  afterAll(() => after.close())

  /** Sends a request to a server of which one commit goes wrong, then repeats it elsewhere. */
  async function sendAndRepeat(
    send: (server: TestServer) => Promise<Answer>,
    number: number,
    fault: CommitFault,
  ): Promise<Answer> {
    const hosts = createFailingHosts()
    const before = await startServer(hosts)
    hosts.arm(number, fault)
    const first = await send(before)
    await before.close()
    expect(hosts.hasStruck()).toBe(true)
    expect([200, 503]).toContain(first.status)
    const again = await send(after)
    expect(again.status).toBe(200)
    expect(first.status === 200 ? first.text : again.text).toBe(again.text)
    expect((await send(after)).text).toBe(again.text)
    return again
  }

  test.each(CASES.slice(0, 12))('starts once when commit %i is %s', async (number, fault) => {
    const ani = pickNumber(0)
    const hints = { ani, external_ids: { crm: pickCrmId(1) } }
    const usage = await usageOf(after)
    const customers = await rowsIn('customers')
    const body = { call_id: pickCallId(2), identity_hints: hints }
    const started = await sendAndRepeat((server) => server.start(body), number, fault)
    expect(started.body.identity.confidence).toBe(0)
    expect(await usageOf(after)).toEqual({ ...usage, starts: usage.starts + 1 })
    expect(await rowsIn('customers')).toBe(customers + 1)
    for (const key of [{ ani }, { external_ids: hints.external_ids }]) {
      expect((await after.identify(key)).customer_ref).toBe(started.body.customer_ref)
    }
  })

  test.each(CASES)('ends once when commit %i is %s', async (number, fault) => {
    const ani = pickNumber(0)
    const { customer_ref } = await after.identify({ ani })
    const external_ids = { crm: pickCrmId(1) }
    const usage = await usageOf(after)
    const body = {
      call_id: pickCallId(2),
      customer_ref,
      identity_hints: { ani, external_ids },
      intent: 'refund',
      variables: { name: 'Ada' },
    }
    await sendAndRepeat((server) => server.end(body), number, fault)
    expect(await usageOf(after)).toEqual({ ...usage, ends: usage.ends + 1 })
    const next = await after.identify({ external_ids })
    expect(next.customer_ref).toBe(customer_ref)
    expect(attemptsOf(next.open_intents)).toEqual(['refund x 1'])
    expect(valuesOf(next.variables)).toEqual({ name: 'Ada' })
  })

  test('is finished without a repeat when the next server starts, and leaves no notes behind', async () => {
    const ani = pickNumber(0)
    const external_ids = { crm: pickCrmId(1) }
    const hosts = createFailingHosts()
    const before = await startServer(hosts)
    hosts.arm(1, 'last')
    expect(
      (await before.start({ call_id: pickCallId(2), identity_hints: { ani, external_ids } })).status,
    ).toBe(503)
    await before.close()
    expect(await rowsIn('pending_writes')).toBeGreaterThan(0)
    clock.forward(60_000)
    await (await startServer()).close()
    expect(await rowsIn('pending_writes')).toBe(0)
    const { customer_ref } = await after.identify({ ani })
    expect((await after.identify({ external_ids })).customer_ref).toBe(customer_ref)
  })

  test('is forgotten with everything that was still to be written', async () => {
    const ani = pickNumber(0)
    const { customer_ref } = await after.identify({ ani })
    const call_id = pickCallId(2)
    const hosts = createFailingHosts()
    const before = await startServer(hosts)
    hosts.arm(1, 'last')
    const identity_hints = { ani, external_ids: { crm: pickCrmId(1) } }
    expect((await before.end({ call_id, customer_ref, identity_hints, intent: 'zebra' })).status).toBe(503)
    await before.close()
    const traces = [customer_ref, keyedHash('default', 'call', call_id), 'zebra']
    const found = async (): Promise<string[]> => {
      const held = JSON.stringify(await Promise.all(urls.map((url) => allRowsAt(url))))
      return traces.filter((trace) => held.includes(trace))
    }
    expect(await found()).toEqual(traces)
    const receipt = await after.request(`/v1/customers/${customer_ref}`, {
      method: 'DELETE',
      headers: bearer(),
    })
    expect(receipt.status).toBe(200)
    expect(await found()).toEqual([])
    expect((await after.end({ call_id, identity_hints, intent: 'zebra' })).status).toBe(410)
  })

  test('is in another cluster for each of its rows, or these tests would prove nothing', async () => {
    for (const [at, table] of ['customers', 'identifier_links', 'calls'].entries()) {
      const [row] = await runSql(urls[at] ?? '', `SELECT count(*) AS n FROM ${table}`)
      expect(Number(row?.['n'])).toBeGreaterThan(0)
    }
    expect(await runSql(urls[2] ?? '', 'SELECT bucket FROM customers')).toEqual([])
  })
})

describeOnPostgres('clusters that do not belong together', () => {
  const open = (list: readonly string[]): Promise<unknown> =>
    openClusterStore({ urls: list, clock: clock.now }).then((store) => store.close())

  test('are refused when one is left out or named twice', async () => {
    const [a = '', b = ''] = urls
    await expect(open([a, b])).rejects.toThrow(
      'DATABASE_URL: bucket 2 is held by none of the clusters that are listed: list all of them, each once',
    )
    await expect(open([a, b, a])).rejects.toThrow('addresses 1 and 3 lead to the same database')
  })

  test('are refused when a new one has rows of its own', async () => {
    const more = await createClusters(postgres.url, 1)
    const [url = ''] = more.urls
    const store = await openPostgresStore({ url, clock: clock.now })
    await store.transaction((transaction) =>
      transaction.run('INSERT INTO tenants (tenant, created_at) VALUES ($1, 0)', ['acme']),
    )
    await store.close()
    await expect(open([...urls, url])).rejects.toThrow(
      'address 4 leads to a database that is in use already (rows in tenants)',
    )
    await more.remove()
  })

  test('let no server in that knows of one of them only', async () => {
    await expect(openPostgresStore({ url: urls[0] ?? '', clock: clock.now })).rejects.toThrow(
      'the database is one of several clusters: list all of them in DATABASE_URL',
    )
  })
})
