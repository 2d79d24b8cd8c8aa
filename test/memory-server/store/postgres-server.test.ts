import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { openPostgresStore } from '../../../memory-server/src/store/postgres.ts'
import { answers, postgresBinaries, startPostgres } from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres.ts'

const binaries = postgresBinaries()
// The contract suite says what is skipped, and why.
const describeOnPostgres = binaries === undefined ? describe.skip : describe

const STARTER = `
  const { startPostgres } = require('./test/support/postgres.ts')
  startPostgres(process.argv[1], { durable: false }).then(({ url }) => console.log(url))
  setInterval(() => undefined, 1000)
`

describeOnPostgres('a PostgreSQL server of a test run', () => {
  test('does not stay behind when the run is killed', async () => {
    const run = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', STARTER, binaries ?? ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [url] = (await once(createInterface({ input: run.stdout }), 'line')) as [string]
    expect(await answers(url)).toBe(true)
    run.kill('SIGKILL')
    let isThere = true
    for (let tries = 0; isThere && tries < 100; tries += 1) {
      await new Promise((done) => void setTimeout(done, 100))
      isThere = await answers(url)
    }
    expect(isThere).toBe(false)
  }, 60_000)
})

describeOnPostgres('a store on a serializable PostgreSQL', () => {
  let server: PostgresServer
  let stores: readonly Store[] = []
  beforeAll(async () => {
    server = await startPostgres(binaries ?? '', { durable: false })
    const url = new URL(server.url)
    url.searchParams.set('options', '-c default_transaction_isolation=serializable')
    // A clock that stands still never ends the budget of time, so that the number of tries decides.
    const open = (): Promise<Store> => openPostgresStore({ url: url.href, clock: () => new Date(0) })
    stores = [await open(), await open()]
  }, 30_000)
  afterAll(async () => {
    for (const store of stores) await store.close()
    await server.stop()
  })

  test('gets 20 slow transactions on one row done that two servers begin at once', async () => {
    const [first, second] = stores
    if (!first || !second) throw new Error('there are no stores')
    const insert = 'INSERT INTO installation (name, value) VALUES ($1, $2)'
    await first.transaction((transaction) => transaction.run(insert, ['wanted', '']))
    const works = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? first : second).transaction(async ({ read, run }) => {
        await read('SELECT value FROM installation WHERE name = $1', ['wanted'])
        await new Promise((done) => void setTimeout(done, 60))
        await run('UPDATE installation SET value = value || $1 WHERE name = $2', ['.', 'wanted'])
      }),
    )
    await Promise.all(works)
    const [row] = await first.read('SELECT value FROM installation WHERE name = $1', ['wanted'])
    expect(row).toEqual({ value: '.'.repeat(20) })
  }, 60_000)
})
