import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text as readText } from 'node:stream/consumers'
import { systemClock } from '../../src/clock.ts'
import { openSqliteStore } from '../../memory-server/src/store/sqlite.ts'
import { API_KEY, bearer, HASH_KEY, temporaryFolder } from './support.ts'

const MAIN = ['--require', 'tsx/cjs', 'memory-server/src/main.ts']

interface Running {
  readonly child: ChildProcess
  readonly url: string
  readonly lines: string[]
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>
}

let folder: ReturnType<typeof temporaryFolder>
let running: Running[]
beforeEach(() => {
  folder = temporaryFolder()
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop('SIGKILL')))
  folder.remove()
})

const databasePath = (): string => join(folder.path, 'memory.db')

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    MEMORY_SERVER_PORT: '0',
    MEMORY_SERVER_DATABASE: databasePath(),
    DATABASE_URL: 'none',
    MEMORY_SERVER_API_KEYS: API_KEY,
    MEMORY_SERVER_HASH_KEY: HASH_KEY,
    RATE_LIMIT_PER_MINUTE: 'none',
    ...more,
  }
}

async function startProcess(database: string = databasePath()): Promise<Running> {
  const child = spawn(process.execPath, MAIN, {
    env: environment({ MEMORY_SERVER_DATABASE: database }),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  output.on('line', (line) => lines.push(line))
  await once(output, 'line')
  const { port } = JSON.parse(lines[0] ?? '') as { port: number }
  const exited = once(child, 'exit')
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    return ((await exited) as [number | null])[0]
  }
  const started = { child, url: `http://127.0.0.1:${port}`, lines, stop }
  running.push(started)
  return started
}

/** The status of an answer; undefined when the connection broke before there was one. */
async function post(url: string, stage: 'start' | 'end', body: object): Promise<number | undefined> {
  try {
    const init = { method: 'POST', headers: bearer(), body: JSON.stringify(body) }
    const response = await fetch(`${url}/v1/calls/${stage}`, init)
    await response.text()
    return response.status
  } catch {
    return undefined
  }
}

const endOf = (id: string): object => ({
  call_id: id,
  identity_hints: { external_ids: { crm_id: id } },
  intent: `intent_${id}`,
  intent_status: 'open',
  variables: { first: id, second: id },
})

async function stopWhileBusy(signal: NodeJS.Signals, database: string): Promise<number | null> {
  const { url, lines, stop } = await startProcess(database)
  const requests = Array.from({ length: 10 }, (_, index) => post(url, 'end', endOf(`drain_${index}`)))
  await Promise.race(requests)
  const [code, ...statuses] = await Promise.all([stop(signal), ...requests])
  const acknowledged = statuses.filter((status) => status === 200).length
  expect(acknowledged).toBeGreaterThan(0)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
    expect.arrayContaining([
      { level: 'info', message: 'memory server listening', port: expect.any(Number) as number },
      { level: 'info', message: 'memory server stopped' },
    ]),
  )
  const store = await openSqliteStore({ path: database, clock: systemClock })
  const rows = await store.read('SELECT count(*) AS n FROM calls', [])
  expect(rows[0]?.['n']).toBeGreaterThanOrEqual(acknowledged)
  await store.close()
  return code ?? null
}

test('SIGTERM and SIGINT let requests finish, close the database and end with 0', async () => {
  const codes = await Promise.all([
    stopWhileBusy('SIGTERM', join(folder.path, 'term.db')),
    stopWhileBusy('SIGINT', join(folder.path, 'int.db')),
  ])
  expect(codes).toEqual([0, 0])
}, 30_000)

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

async function runToEnd(more: Record<string, string>, args: readonly string[] = []): Promise<Ended> {
  const child = spawn(process.execPath, [...MAIN, ...args], {
    env: environment(more),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, exit] = await Promise.all([
    readText(child.stdout),
    readText(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  return { status: exit[0], stdout, stderr }
}

test('what keeps the server from starting is one clear line, every problem of the configuration, and an exit code', async () => {
  const { url } = await startProcess()
  const other = join(folder.path, 'other.db')
  const [locked, taken, misconfigured, unreachable] = await Promise.all([
    runToEnd({}),
    runToEnd({ MEMORY_SERVER_PORT: new URL(url).port, MEMORY_SERVER_DATABASE: other }),
    runToEnd({ MEMORY_SERVER_API_KEYS: 'short-secret', MEMORY_SERVER_PORT: 'http' }),
    runToEnd({ DATABASE_URL: 'postgres://memory:secret@127.0.0.1:1/memory' }),
  ])
  expect([locked.status, locked.stdout]).toEqual([1, ''])
  expect(locked.stderr).toMatch(/^CM_STORE_UNAVAILABLE: another memory server uses this database: .*\n$/)
  expect([taken.status, taken.stdout]).toEqual([2, ''])
  expect(taken.stderr).toMatch(
    /^CM_CONFIG_INVALID: MEMORY_SERVER_HOST, MEMORY_SERVER_PORT: .*EADDRINUSE.*\n$/,
  )
  expect([unreachable.status, unreachable.stderr]).toEqual([
    1,
    'CM_STORE_UNAVAILABLE: the database cannot be reached: ECONNREFUSED\n',
  ])
  expect(misconfigured.status).toBe(2)
  expect(misconfigured.stderr).toContain('MEMORY_SERVER_API_KEYS')
  expect(misconfigured.stderr).toContain('MEMORY_SERVER_PORT')
  expect(misconfigured.stderr).not.toContain('short-secret')
}, 30_000)

test('the command line makes a key with which the server lets requests in, and is refused while the server runs', async () => {
  const keyless = { MEMORY_SERVER_API_KEYS: 'none' }
  const refused = await runToEnd(keyless)
  expect([refused.status, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr).toMatch(/^CM_CONFIG_INVALID: MEMORY_SERVER_API_KEYS: .*keys create/)

  expect((await runToEnd(keyless, ['tenants', 'create', 'acme'])).status).toBe(0)
  const made = await runToEnd(keyless, ['keys', 'create', '--tenant', 'acme', '--live'])
  const [apiKey = ''] = made.stdout.split('\n')
  expect(apiKey).toMatch(/^sk_live_[A-Za-z0-9_-]{43}$/)

  const { url, stop } = await startProcess()
  const init = {
    method: 'POST',
    headers: bearer(apiKey),
    body: '{"call_id":"k1","identity_hints":{"ani":"+12025550101"}}',
  }
  expect((await fetch(`${url}/v1/calls/start`, init)).status).toBe(200)
  const locked = await runToEnd({}, ['keys', 'list'])
  expect(locked.status).toBe(1)
  expect(locked.stderr).toMatch(/another memory server uses this database: stop it/)
  await stop('SIGTERM')
}, 30_000)
