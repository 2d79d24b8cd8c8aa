import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { answers, postgresBinaries } from '../../support/postgres.ts'

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
