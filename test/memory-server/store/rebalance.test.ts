import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import fc from 'fast-check'
import {
  ALL_HELD,
  NONE_HELD,
  problemOf,
  withState,
} from '../../../memory-server/src/store/clusters/bucket-states.ts'
import {
  openClusterHosts,
  openClusterStore,
} from '../../../memory-server/src/store/clusters/open-clusters.ts'
import {
  begunMoves,
  countContents,
  evenMoves,
  planOf,
  rebalance,
} from '../../../memory-server/src/store/clusters/rebalance.ts'
import { openPostgresStore } from '../../../memory-server/src/store/postgres.ts'
import { tablesOfSchema } from '../../../memory-server/src/store/tables.ts'
import { postgresBinaries, runSql, startPostgres } from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { createClusters } from '../contract/engines.ts'
import { attemptsOf, bearer, HASH_KEY, movableClock, newCallId, startTestServer } from '../support.ts'
import type { TestServer } from '../support.ts'
import { createFailingHosts } from './failing-hosts.ts'

const ROOT = resolve(__dirname, '../../..')

describe('a plan', () => {
  const spread = (holders: readonly number[], count: number): string[] =>
    Array.from({ length: count }, (_, at) =>
      Array.from({ length: 256 }, (__, bucket) => ((holders[bucket] ?? 0) % count === at ? 'h' : '-')).join(
        '',
      ),
    )

  test('of an even spread leaves no cluster with two buckets more than another, and moves nothing twice', () => {
    const holders = fc.array(fc.nat(4), { minLength: 256, maxLength: 256 })
    fc.assert(
      fc.property(holders, fc.integer({ min: 2, max: 5 }), (held, count) => {
        const all = spread(held, count)
        const moves = evenMoves(all)
        expect(new Set(moves.map(({ bucket }) => bucket)).size).toBe(moves.length)
        const after = all.map((states, at) =>
          moves.reduce((so, { bucket, from, to }) => {
            if (from === at) return withState(so, bucket, '-')
            return to === at ? withState(so, bucket, 'h') : so
          }, states),
        )
        expect(problemOf(after)).toBeUndefined()
        const sizes = after.map((states) => states.split('h').length - 1)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(2)
      }),
      { numRuns: 20 },
    )
  })

  test('begins with what was begun, wherever it stopped', () => {
    const move = { bucket: 7, from: 0, to: 1 }
    for (const [source, target] of [
      ['h', 'a'],
      ['l', 'a'],
      ['l', 'h'],
    ] as const) {
      const all = [withState(ALL_HELD, 7, source), withState(NONE_HELD, 7, target)]
      expect(problemOf(all)).toBeUndefined()
      expect(begunMoves(all)).toEqual([move])
      expect(planOf(all, { only: { bucket: 7, to: 1 } })).toEqual([move])
      expect(planOf(all, { only: { bucket: 9, to: 1 } })).toEqual([move, { bucket: 9, from: 0, to: 1 }])
      expect(planOf(all, {})).toHaveLength(128)
    }
    expect(planOf([ALL_HELD, NONE_HELD], { only: { bucket: 7, to: 0 } })).toEqual([])
  })
})

const binaries = postgresBinaries()
// Where there are no binaries, the contract suite says so.
const describeOnPostgres = binaries === undefined ? describe.skip : describe

const CALLERS = 40
const numberAt = (index: number): string => `+1202555${String(3000 + index)}`

/** Ends calls of the callers on servers by turns, one after the other, until told to stop. */
function startLoad(servers: readonly TestServer[], refs: readonly string[]): () => Promise<number[]> {
  const acknowledged = refs.map(() => 0)
  const stop = new AbortController()
  let turn = 0
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      turn += 1
      const at = turn % refs.length
      const body = {
        call_id: newCallId(),
        customer_ref: refs[at],
        intent: 'refund',
        variables: { [`v${turn % 20}`]: 'x' },
      }
      // A client that hears nothing good says the same again, here and there.
      for (let tried = 0; ; tried += 1) {
        const answer = await servers[(turn + tried) % servers.length]?.end(body)
        if (answer?.status === 200) break
        if (answer?.status !== 503 || tried > 50) throw new Error(`an end was answered ${answer?.status}`)
      }
      acknowledged[at] = (acknowledged[at] ?? 0) + 1
      await new Promise((done) => void setTimeout(done, 5))
    }
  }
  const working = Promise.all([work(), work(), work(), work()])
  working.catch(() => undefined)
  return async () => {
    stop.abort()
    await working
    return acknowledged
  }
}

describeOnPostgres('buckets that move while two servers work', () => {
  const clock = movableClock()
  let postgres: PostgresServer
  let urls: readonly string[]
  let remove: () => Promise<void>
  const servers: TestServer[] = []
  let alone: TestServer
  let refs: readonly string[]
  let stopLoad: () => Promise<number[]>

  const bucketOf = (ref: string): number => Number.parseInt(ref.slice(0, 2), 16)
  const command = (...args: string[]): ChildProcess =>
    spawn(process.execPath, ['--require', 'tsx/cjs', 'memory-server/src/main.ts', ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], DATABASE_URL: urls.join(' '), MEMORY_SERVER_HASH_KEY: HASH_KEY },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const outputOf = async (child: ChildProcess): Promise<string> => {
    let text = ''
    child.stdout?.on('data', (chunk) => (text += String(chunk)))
    child.stderr?.on('data', (chunk) => (text += String(chunk)))
    await once(child, 'close')
    return text
  }

  beforeAll(async () => {
    postgres = await startPostgres(binaries ?? '')
    const made = await createClusters(postgres.url, 2)
    urls = made.urls
    remove = made.remove
    alone = await startTestServer(clock, {}, (options) =>
      openPostgresStore({ url: urls[0] ?? '', clock: options.clock }),
    )
    const callers = Array.from({ length: CALLERS }, (_, index) => alone.identify({ ani: numberAt(index) }))
    refs = (await Promise.all(callers)).map(({ customer_ref }) => customer_ref)
    for (let count = 0; count < 2; count += 1) {
      servers.push(
        await startTestServer(clock, {}, (options) => openClusterStore({ urls, clock: options.clock })),
      )
    }
    stopLoad = startLoad(servers, refs)
  }, 60_000)
  afterAll(async () => {
    await stopLoad()
    await Promise.all([...servers, alone].map((server) => server.close()))
    await remove()
    await postgres.stop()
  })

  test('go on where they were, whichever commit was the last of the process that moved them', async () => {
    const buckets = [...new Set(refs.map(bucketOf))].slice(0, 18)
    let struck = 0
    for (const [index, bucket] of buckets.entries()) {
      const failing = createFailingHosts()
      const broken = openClusterHosts({ urls, clock: clock.now, openHosts: failing.open })
      failing.arm(index * 2 + 1, index % 2 === 0 ? 'last' : 'dies')
      const wish = { only: { bucket, to: 1 } }
      await rebalance(broken, wish, () => undefined).catch(() => undefined)
      await Promise.all(broken.map((each) => each.close()))
      if (failing.hasStruck()) struck += 1
      const hosts = openClusterHosts({ urls, clock: clock.now })
      await rebalance(hosts, wish, () => undefined)
      await Promise.all(hosts.map((each) => each.close()))
    }
    expect(struck).toBeGreaterThan(12)
  }, 120_000)

  test('are refused to a server that knows of the first cluster only', async () => {
    const ref = refs[0] ?? ''
    expect((await alone.end({ call_id: newCallId(), customer_ref: ref })).status).toBe(503)
    expect((await alone.request(`/v1/customers/${ref}`, { headers: bearer() })).status).toBe(503)
  })

  test('move by command, which may be killed and run again, until the spread is even', async () => {
    const dry = await outputOf(command('rebalance', '--dry-run'))
    expect(dry).toMatch(/bucket \d+ from cluster 1 to 2\n[\s\S]*\n\d+ buckets would move\n$/)
    const killed = command('rebalance')
    killed.stderr?.on('data', (chunk) => {
      if (String(chunk).includes('20 of ')) killed.kill('SIGKILL')
    })
    await once(killed, 'close')
    expect(killed.signalCode).toBe('SIGKILL')
    expect(await outputOf(command('rebalance'))).toMatch(/\d+ buckets moved\n$/)
    const shown = await outputOf(command('clusters'))
    expect(shown.match(/128 buckets, 0 moving/g)).toHaveLength(2)
    expect(shown).toContain('tenants and keys')
    expect(shown).not.toContain('memory@')
  }, 180_000)

  test('lose and double nothing, and leave nothing where they were', async () => {
    const acknowledged = await stopLoad()
    expect(Math.min(...acknowledged)).toBeGreaterThan(0)
    const [server] = servers
    for (const [index, ref] of refs.entries()) {
      const found = await server?.identify({ ani: numberAt(index) })
      expect(found?.customer_ref).toBe(ref)
      expect(attemptsOf(found?.open_intents ?? [])).toEqual([`refund x ${acknowledged[index]}`])
    }
    await Promise.all(servers.map((each) => each.store.close()))
    for (const url of urls) {
      const [state] = await runSql(url, "SELECT value FROM cluster_state WHERE name = 'buckets'")
      for (const { name } of tablesOfSchema().filter(({ isWhole }) => !isWhole)) {
        const rows = await runSql(url, `SELECT DISTINCT bucket FROM ${name}`)
        const strays = rows.filter(({ bucket }) => String(state?.['value'])[Number(bucket)] !== 'h')
        expect([name, ...strays]).toEqual([name])
      }
    }
    const hosts = openClusterHosts({ urls, clock: clock.now })
    const contents = await countContents(hosts)
    await Promise.all(hosts.map((each) => each.close()))
    const sumOf = (table: string): number => contents.reduce((sum, { rows }) => sum + (rows[table] ?? 0), 0)
    expect(sumOf('customers')).toBe(CALLERS)
    expect(sumOf('pending_writes') + sumOf('applied_writes')).toBe(0)
  }, 60_000)
})
