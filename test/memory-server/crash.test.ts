import { join } from 'node:path'
import { loadSqlite } from '../../memory-server/src/store/sqlite-engine.ts'
import { killTrees } from '../../bench/failover/processes.ts'
import type { KeptCall } from '../../bench/support/call-ledger.ts'
import { postgresBinaries, runSql, startPostgres } from '../support/postgres.ts'
import type { PostgresServer } from '../support/postgres.ts'
import { damageOf, startVictim, writeWhile } from './crash.ts'
import type { Victim } from './crash.ts'
import { bearer, temporaryFolder } from './support.ts'

const isFullCheck = process.env['TEST_POSTGRES'] === 'yes'
// Twenty of each kind in the full check, otherwise as many as there is time for; CRASH_ROUNDS says another number.
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? (isFullCheck ? 20 : 3))
const LIST = 'SELECT customer_ref FROM customers'

const refsIn = (rows: readonly unknown[]): string[] =>
  rows.map((row) => (row as { customer_ref: string }).customer_ref)

const running = new Set<() => Promise<void>>()
afterEach(async () => {
  await Promise.all([...running].map((kill) => kill()))
  running.clear()
})

async function nextStart({ url }: Victim): Promise<number> {
  const body = JSON.stringify({ call_id: 'after', identity_hints: { ani: '+12025550119' } })
  const answer = await fetch(`${url}/v1/calls/start`, { method: 'POST', headers: bearer(), body })
  await answer.text()
  return answer.status
}

function report(what: string, rounds: number, calls: readonly KeptCall[], damage: readonly string[]): void {
  process.stderr.write(`${what}: ${rounds} rounds, ${calls.length} calls, ${damage.length} damaged\n`)
}

test(`of the calls that a server acknowledged none is lost or half there after it was killed ${ROUNDS} times`, async () => {
  const folder = temporaryFolder()
  const environment = { MEMORY_SERVER_DATABASE: join(folder.path, 'memory.db') }
  const calls: KeptCall[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    const victim = await startVictim(environment, running)
    calls.push(...(await writeWhile(victim, `round${round}`, victim.kill)).calls)
  }
  const last = await startVictim(environment, running)
  const connection = (await loadSqlite())(environment.MEMORY_SERVER_DATABASE)
  const refs = refsIn(connection.prepare(LIST).all())
  expect(connection.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  connection.close()
  const damage = await damageOf(last, calls, refs)
  report('SQLite, server killed', ROUNDS, calls, damage)
  expect(calls.length).toBeGreaterThan(ROUNDS)
  expect(damage).toEqual([])
  expect(await damageOf(last, [{ id: 'nobody', start: { customer_ref: 'nobody' } }], [])).toHaveLength(1)
  expect(await nextStart(last)).toBe(200)
  await last.kill()
  folder.remove()
}, 600_000)

const binaries = postgresBinaries()
// Where there are none, the contract suite says so.
const describeOnPostgres = binaries === undefined ? describe.skip : describe

describeOnPostgres('on PostgreSQL', () => {
  let postgres: PostgresServer
  let environment: Record<string, string>
  beforeEach(async () => {
    postgres = await startPostgres(binaries ?? '')
    environment = { DATABASE_URL: postgres.url }
  }, 60_000)
  afterEach(() => postgres.stop())
  const listRefs = async (): Promise<string[]> => refsIn(await runSql(postgres.url, LIST))

  test('no acknowledged call is lost or half there after the memory server was killed', async () => {
    const calls: KeptCall[] = []
    for (let round = 1; round <= ROUNDS; round += 1) {
      const victim = await startVictim(environment, running)
      calls.push(...(await writeWhile(victim, `round${round}`, victim.kill)).calls)
    }
    const last = await startVictim(environment, running)
    const damage = await damageOf(last, calls, await listRefs())
    report('PostgreSQL, memory server killed', ROUNDS, calls, damage)
    expect(calls.length).toBeGreaterThan(ROUNDS)
    expect(damage).toEqual([])
    expect(await nextStart(last)).toBe(200)
    await last.kill()
  }, 600_000)

  test('no acknowledged call is lost or half there after the database was killed, and the server goes on by itself', async () => {
    const server = await startVictim(environment, running)
    const calls: KeptCall[] = []
    const refusals = new Set<number>()
    for (let round = 1; round <= ROUNDS; round += 1) {
      const disturb = async (): Promise<void> => {
        killTrees([postgres.pid()])
        await postgres.kill()
        await postgres.restart()
        await new Promise((resolve) => void setTimeout(resolve, 300))
      }
      const written = await writeWhile(server, `round${round}`, disturb, 50)
      calls.push(...written.calls)
      for (const status of written.refusals) refusals.add(status)
    }
    const damage = await damageOf(server, calls, await listRefs())
    report('PostgreSQL, database killed', ROUNDS, calls, damage)
    expect(calls.length).toBeGreaterThan(ROUNDS)
    expect(damage).toEqual([])
    expect([...refusals].filter((status) => status !== 503)).toEqual([])
    expect(await nextStart(server)).toBe(200)
    await server.kill()
  }, 600_000)
})
