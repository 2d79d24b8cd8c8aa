import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Child, startChild } from '../../local-twilio/src/system/child.ts'
import { median, percentile, round } from '../support/statistics.ts'
import { drawTable } from '../support/table.ts'
import { inProcess } from '../support/worker-process.ts'
import { fill } from './fill.ts'
import type { LoadResult, LoadTask } from './load.ts'
import type { RawResult, RawTask } from './raw.ts'

const HELP = `npm run bench:memory -- [--customers N,N] [--seconds S] [--rounds R] [--full]

Measures the memory server on its embedded database: start + end over HTTP, against the same statements run raw on
the same file in the same run. Bounded: it stops by itself. Results go to bench/results/memory-embedded.json.

  --customers  how many customers the databases hold (default 10000; with --full 10000,1000000,5000000)
  --seconds    length of each measurement (default 5)
  --rounds     measurements of each kind, the median counts (default 3)`

const ROOT = resolve(__dirname, '../..')
const CONNECTIONS = 32
const OPEN_LOOP_REQUESTS = 1_000

interface Measured {
  readonly customers: number
  readonly rawCallsPerSecond: number
  readonly httpCallsPerSecond: number
  readonly ratio: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly openLoopP99Ms: number
  readonly openLoopP999Ms: number
  readonly failed: number
  readonly walMegabytes: number
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      customers: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      full: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(`${HELP}\n`)
  const sizes = (values.customers ?? (values.full ? '10000,1000000,5000000' : '10000')).split(',').map(Number)
  const results: Measured[] = []
  for (const customers of sizes) {
    results.push(await measure(customers, Number(values.seconds), Number(values.rounds)))
  }
  process.stdout.write(`\n${drawTable(results.map((result) => ({ ...result })))}\n`)
  mkdirSync(join(ROOT, 'bench/results'), { recursive: true })
  const report = { node: process.version, cores: cpus().length, connections: CONNECTIONS, results }
  writeFileSync(join(ROOT, 'bench/results/memory-embedded.json'), `${JSON.stringify(report, null, 2)}\n`)
}

async function measure(customers: number, seconds: number, rounds: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'caller-memory-bench-'))
  const database = join(folder, 'memory.db')
  const [hashKey, apiKey] = [
    randomBytes(32).toString('hex'),
    `sk_test_${randomBytes(32).toString('base64url')}`,
  ]
  try {
    const onProgress = (done: number): void => void process.stderr.write(`\rfilling ${done} of ${customers} `)
    await fill({ database, hashKey, customers, onProgress })
    const shared = { customers, seconds, connections: CONNECTIONS }
    const raw: RawResult[] = []
    const http: LoadResult[] = []
    let open: LoadResult | undefined
    for (let turn = 1; turn <= rounds; turn += 1) {
      process.stderr.write(`\nround ${turn} of ${rounds}: raw`)
      raw.push(await rawRound({ ...shared, database, hashKey }))
      process.stderr.write(', http')
      await withServer(folder, database, hashKey, apiKey, async (url) => {
        http.push(await loadRound({ ...shared, url, apiKey }))
        if (turn < rounds) return
        process.stderr.write(', open loop')
        open = await loadRound({
          ...shared,
          url,
          apiKey,
          connections: 256,
          requestsPerSecond: OPEN_LOOP_REQUESTS,
        })
      })
    }
    return summarise(customers, raw, http, open, walMegabytes(database))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const rawRound = (task: RawTask): Promise<RawResult> => inProcess(join(__dirname, 'raw.ts'), task)
const loadRound = (task: LoadTask): Promise<LoadResult> => inProcess(join(__dirname, 'load.ts'), task)

async function withServer(
  folder: string,
  database: string,
  hashKey: string,
  apiKey: string,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server: Child = startChild({
    title: 'the memory server',
    script: join(ROOT, 'memory-server/src/main.ts'),
    logFile: join(folder, 'server.log'),
    environment: {
      MEMORY_SERVER_PORT: '0',
      RATE_LIMIT_PER_MINUTE: 'none',
      DATABASE_URL: 'none',
      MEMORY_SERVER_DATABASE: database,
      MEMORY_SERVER_API_KEYS: apiKey,
      MEMORY_SERVER_HASH_KEY: hashKey,
    },
  })
  try {
    const port = await server.ready((line) => /"memory server listening".*"port":(\d+)/.exec(line)?.[1])
    await work(`http://127.0.0.1:${port}`)
  } finally {
    await server.stop()
  }
}

function walMegabytes(database: string): number {
  return (statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0) / 1_000_000
}

const rate = ({ calls, seconds }: RawResult): number => calls / seconds

function summarise(
  customers: number,
  raw: readonly RawResult[],
  http: readonly LoadResult[],
  open: LoadResult | undefined,
  wal: number,
): Measured {
  const [rawRate, httpRate] = [median(raw.map(rate)), median(http.map(rate))]
  const latency = (p: number): number => round(median(http.map((one) => percentile(one.latenciesMs, p))), 2)
  const openLatency = (p: number): number => round(percentile(open?.latenciesMs ?? [], p), 2)
  return {
    customers,
    rawCallsPerSecond: round(rawRate),
    httpCallsPerSecond: round(httpRate),
    ratio: round(httpRate / rawRate, 2),
    p50Ms: latency(0.5),
    p99Ms: latency(0.99),
    openLoopP99Ms: openLatency(0.99),
    openLoopP999Ms: openLatency(0.999),
    failed: [...http, ...(open ? [open] : [])].reduce((sum, one) => sum + one.failed, 0),
    walMegabytes: round(wal, 1),
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
