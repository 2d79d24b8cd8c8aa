import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { type Child, startChild } from '../../local-twilio/src/system/child.ts'
import { usageOf } from '../support/processes.ts'
import { median, round } from '../support/statistics.ts'
import { inProcess } from '../support/worker-process.ts'
import type { BenchDatabase } from './databases.ts'
import { fill } from './fill.ts'
import type { LoadResult, LoadTask } from './load.ts'
import type { BenchOptions } from './options.ts'
import type { RawResult, RawTask } from './raw.ts'

/** What one database of one size gave. Medians of the rounds. */
export interface Measured {
  readonly customers: number
  readonly rawCallsPerSecond: number
  readonly httpCallsPerSecond: number
  readonly ratio: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly openLoopP50Ms: number
  readonly openLoopP99Ms: number
  readonly openLoopP999Ms: number
  readonly failed: number
  /** Processor time for one request, in milliseconds: of the memory server, of a database server, of the load. */
  readonly serverCpuMs: number
  readonly databaseCpuMs: number
  readonly loadCpuMs: number
  /** Processor time of the raw statements for half a call, in milliseconds. */
  readonly rawCpuMs: number
  readonly serverRssMegabytes: number
  readonly logMegabytes: number
  readonly sustained?: Sustained
}

/** The log under steady load. */
export interface Sustained {
  readonly minutes: number
  readonly callsPerSecond: number
  readonly failed: number
  readonly p99Ms: number
  readonly serverRssMegabytes: number
  /** Once every five seconds. */
  readonly logMegabytes: readonly number[]
}

/** Callers at a time. */
export const CONNECTIONS = 32
/** The steady rate at which latency is measured, in requests a second. */
export const OPEN_LOOP_REQUESTS = 1_000
const OPEN_LOOP_CONNECTIONS = 128
const LEAST_OPEN_LOOP_SECONDS = 15
const WARM_UP_SECONDS = 2
const SAMPLE_MS = 5_000
const ROOT = resolve(__dirname, '../..')

type Say = (text: string) => void

/** What the rounds gave. */
interface Given {
  readonly raw: readonly RawResult[]
  readonly http: readonly Round[]
  readonly open: Round
  readonly sustained?: Sustained
}

interface Round {
  readonly load: LoadResult
  readonly serverCpuMs: number
  readonly databaseCpuMs: number
  readonly serverRssMegabytes: number
}

/** Fills a database and measures it. */
export async function measure(
  database: BenchDatabase,
  customers: number,
  options: BenchOptions,
  say: Say,
): Promise<Measured> {
  const { engine, address } = database
  const { seconds, rounds } = options
  const hashKey = randomBytes(32).toString('hex')
  await filled(database, hashKey, customers, say)
  const shared = { customers, seconds, connections: CONNECTIONS }
  const raw: RawResult[] = []
  const http: Round[] = []
  let last: Pick<Given, 'open' | 'sustained'> | undefined
  for (let turn = 1; turn <= rounds; turn += 1) {
    say(`\n  round ${turn} of ${rounds}: raw`)
    raw.push(
      await inProcess(join(__dirname, 'raw.ts'), {
        ...shared,
        engine,
        database: address,
        hashKey,
      } satisfies RawTask),
    )
    await withServer(database, hashKey, async (server) => {
      say(', HTTP')
      await server.load({ ...shared, seconds: WARM_UP_SECONDS })
      http.push(await server.load(shared))
      if (turn === rounds) last = await lastRounds(database, server, options, customers, say)
    })
  }
  say('\n')
  if (!last) throw new Error('there was no round')
  return summary(customers, { raw, http, ...last }, database.logMegabytes())
}

async function filled(database: BenchDatabase, hashKey: string, customers: number, say: Say): Promise<void> {
  const store = await database.open()
  await fill(store, hashKey, customers, (done) => {
    if (done % 50_000 === 0 || done === customers)
      say(`\r${database.engine}: ${done} of ${customers} customers`)
  })
  await store.close()
}

/** The steady rate, then the long load if it was asked for. */
async function lastRounds(
  database: BenchDatabase,
  server: Server,
  { seconds, sustainedMinutes }: BenchOptions,
  customers: number,
  say: Say,
): Promise<Pick<Given, 'open' | 'sustained'>> {
  say(', open loop')
  const open = await server.load({
    customers,
    seconds: Math.max(seconds, LEAST_OPEN_LOOP_SECONDS),
    connections: OPEN_LOOP_CONNECTIONS,
    requestsPerSecond: OPEN_LOOP_REQUESTS,
  })
  if (sustainedMinutes === 0) return { open }
  return { open, sustained: await sustain(database, server, customers, sustainedMinutes, say) }
}

interface Server {
  readonly load: (task: Omit<LoadTask, 'port' | 'apiKey'>) => Promise<Round>
}

/** A server of its own, as it is deployed. */
async function withServer(
  database: BenchDatabase,
  hashKey: string,
  work: (server: Server) => Promise<void>,
): Promise<void> {
  const apiKey = `sk_test_${randomBytes(32).toString('base64url')}`
  const child = startServer(database, hashKey, apiKey)
  try {
    const port = await child.ready((line) => /"memory server listening".*"port":(\d+)/.exec(line)?.[1])
    await work({ load: (task) => loadRound(database, child, { ...task, port: Number(port), apiKey }) })
  } finally {
    await child.stop()
  }
}

function startServer(database: BenchDatabase, hashKey: string, apiKey: string): Child {
  const isEmbedded = database.engine === 'sqlite'
  return startChild({
    title: 'the memory server',
    script: join(ROOT, 'memory-server/src/main.ts'),
    logFile: join(database.folder, 'server.log'),
    environment: {
      MEMORY_SERVER_PORT: '0',
      RATE_LIMIT_PER_MINUTE: 'none',
      DATABASE_URL: isEmbedded ? 'none' : database.address,
      ...(isEmbedded && { MEMORY_SERVER_DATABASE: database.address }),
      MEMORY_SERVER_API_KEYS: apiKey,
      MEMORY_SERVER_HASH_KEY: hashKey,
    },
  })
}

async function loadRound(database: BenchDatabase, { pid }: Child, task: LoadTask): Promise<Round> {
  const [server, engine] = [usageOf(pid), database.usage()]
  const load = await inProcess<LoadResult>(join(__dirname, 'load.ts'), task, {
    timeoutMs: (task.seconds + 60) * 1000,
  })
  const [serverAfter, engineAfter] = [usageOf(pid), database.usage()]
  return {
    load,
    serverCpuMs: serverAfter.cpuMs - server.cpuMs,
    databaseCpuMs: engineAfter.cpuMs - engine.cpuMs,
    serverRssMegabytes: serverAfter.rssMegabytes,
  }
}

async function sustain(
  database: BenchDatabase,
  server: Server,
  customers: number,
  minutes: number,
  say: Say,
): Promise<Sustained> {
  const logMegabytes: number[] = []
  const timer = setInterval(() => {
    logMegabytes.push(round(database.logMegabytes(), 1))
    if (logMegabytes.length % 12 === 0)
      say(`\r  sustained: ${logMegabytes.length / 12} of ${minutes} minutes`)
  }, SAMPLE_MS)
  say('\n')
  try {
    const { load, serverRssMegabytes } = await server.load({
      customers,
      seconds: minutes * 60,
      connections: CONNECTIONS,
    })
    const callsPerSecond = round(load.calls / load.seconds)
    const { failed, p99Ms } = load
    return {
      minutes,
      callsPerSecond,
      failed,
      p99Ms,
      serverRssMegabytes: round(serverRssMegabytes),
      logMegabytes,
    }
  } finally {
    clearInterval(timer)
  }
}

function summary(customers: number, { raw, http, open, sustained }: Given, logMegabytes: number): Measured {
  const middle = (of: (one: Round) => number, digits = 2): number => round(median(http.map(of)), digits)
  const rawRate = median(raw.map(({ calls, seconds }) => calls / seconds))
  const httpRate = median(http.map(({ load }) => load.calls / load.seconds))
  return {
    customers,
    rawCallsPerSecond: round(rawRate),
    httpCallsPerSecond: round(httpRate),
    ratio: round(httpRate / rawRate, 2),
    p50Ms: middle(({ load }) => load.p50Ms),
    p99Ms: middle(({ load }) => load.p99Ms),
    openLoopP50Ms: round(open.load.p50Ms, 2),
    openLoopP99Ms: round(open.load.p99Ms, 2),
    openLoopP999Ms: round(open.load.p999Ms, 2),
    failed: [...http, open].reduce((sum, { load }) => sum + load.failed, 0),
    serverCpuMs: middle(({ serverCpuMs, load }) => serverCpuMs / load.requests, 3),
    databaseCpuMs: middle(({ databaseCpuMs, load }) => databaseCpuMs / load.requests, 3),
    loadCpuMs: middle(({ load }) => load.cpuMs / load.requests, 3),
    rawCpuMs: round(median(raw.map(({ cpuMs, calls }) => cpuMs / calls / 2)), 3),
    serverRssMegabytes: middle((one) => one.serverRssMegabytes, 0),
    logMegabytes: round(logMegabytes, 1),
    ...(sustained && { sustained }),
  }
}
