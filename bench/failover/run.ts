import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { type KeptCall, missingOf, writeCalls } from '../support/call-ledger.ts'
import { type RunningServer, startMemoryServer } from '../support/memory-server.ts'
import { round } from '../support/statistics.ts'
import { drawTable, type TableRow } from '../support/table.ts'
import { type Cluster, pause, startCluster, untilHealthy } from './cluster.ts'
import { intoPage, type Round, type Series } from './report.ts'
import { findTools, type Tools } from './tools.ts'

const HELP = `npm run drill:failover -- [--rounds N] [--seconds S] [--writers W]

Three PostgreSQL servers with Patroni and etcd on this machine, in synchronous mode, under the memory server's own
starts and ends. In each round the primary is killed (Patroni and PostgreSQL, at once); afterwards every acknowledged
start and end must be there, whole. Once as synchronous_mode, once as synchronous_mode_strict. Takes about two
minutes a round. Results go to bench/results/failover.json and docs/scaling.md.

  --rounds   kills in each mode (default 5)
  --seconds  load before and after the kill (default 10 and, at least, 40)
  --writers  calls at a time (default 8)`

const ROOT = resolve(__dirname, '../..')
const START_S = 120
const AFTER_KILL_S = 40
const POLL_MS = 100
const RETRY_MS = 200

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '10' },
      writers: { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return void process.stdout.write(`${HELP}\n`)
  const tools = findTools()
  if (typeof tools === 'string') throw new Error(`the drill ${tools}`)
  const [rounds, seconds, writers] = [values.rounds, values.seconds, values.writers].map(Number) as [
    number,
    number,
    number,
  ]
  const series: Series[] = []
  for (const strict of [false, true]) series.push(await drill(tools, { strict, rounds, seconds, writers }))
  const rows = series
    .flatMap((one) => one.rounds)
    .map((each): TableRow => Object.fromEntries(Object.entries(each)))
  process.stdout.write(`\n${drawTable(rows)}\n`)
  const report = { node: process.version, cores: cpus().length, writers, series }
  mkdirSync(join(ROOT, 'bench/results'), { recursive: true })
  writeFileSync(join(ROOT, 'bench/results/failover.json'), `${JSON.stringify(report, null, 2)}\n`)
  const page = join(ROOT, 'docs/scaling.md')
  writeFileSync(page, intoPage(readFileSync(page, 'utf8'), series))
  if (series.some(({ lost }) => lost > 0)) throw new Error('acknowledged writes were lost')
}

interface DrillOptions {
  readonly strict: boolean
  readonly rounds: number
  readonly seconds: number
  readonly writers: number
}

async function drill(tools: Tools, options: DrillOptions): Promise<Series> {
  const mode = options.strict ? 'synchronous_mode_strict' : 'synchronous_mode'
  say(`${mode}: starting three nodes`)
  const folder = mkdtempSync(join(tmpdir(), 'caller-memory-drill-'))
  const cluster = await startCluster(tools, options.strict)
  let server: RunningServer | undefined
  const stop = async (): Promise<void> => {
    await server?.stop()
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const interrupted = (): void => void stop().finally(() => process.exit(1))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    await untilHealthy(cluster, START_S)
    server = await startMemoryServer(folder, { DATABASE_URL: cluster.url, MEMORY_SERVER_DOCS: 'off' })
    const calls: KeptCall[] = []
    const rounds: Round[] = []
    for (let number = 1; number <= options.rounds; number += 1) {
      const { kept, ...figures } = await oneRound(cluster, server, `${mode}_${number}`, options)
      calls.push(...kept)
      rounds.push({ mode, round: number, ...figures })
      say(`${mode}, round ${number}: ${JSON.stringify(figures)}`)
    }
    say(`${mode}: looking for ${calls.length} calls`)
    const missing = await missingOf(server, calls)
    for (const line of missing.slice(0, 20)) say(line)
    const acknowledged = rounds.reduce((sum, one) => sum + one.acknowledged, 0)
    return { mode, rounds, acknowledged, calls: calls.length, lost: missing.length }
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await stop()
  }
}

async function oneRound(
  cluster: Cluster,
  server: RunningServer,
  prefix: string,
  { seconds, writers }: DrillOptions,
): Promise<Omit<Round, 'mode' | 'round'> & { readonly kept: readonly KeptCall[] }> {
  const times: number[] = []
  let [going, failed] = [true, 0]
  const writing = writeCalls(server, {
    writers,
    prefix,
    goOn: () => going,
    onAcknowledged: () => times.push(performance.now()),
    onFailed: () => {
      failed += 1
    },
    retryAfterMs: RETRY_MS,
  })
  await pause(seconds * 1000)
  const victim = (await cluster.states()).findIndex((state) => state?.isPrimary)
  const killedAt = performance.now()
  await cluster.kill(victim)
  const watched = await watchPromotion(cluster, victim, killedAt)
  going = false
  const kept = await writing
  cluster.restart(victim)
  await untilHealthy(cluster, 180)
  return {
    kept,
    acknowledged: times.length,
    failed,
    pauseSeconds: round(longestGap(times, killedAt) / 1000, 1),
    promotedAfterSeconds: round(watched.promotedMs / 1000, 1),
    withoutStandbySeconds: round(watched.withoutStandbyMs / 1000, 1),
  }
}

/**
 * Watches until the load has run long enough and a standby confirms writes again. What is measured is the time for
 * which there was a new primary that no standby confirmed.
 */
async function watchPromotion(
  cluster: Cluster,
  victim: number,
  killedAt: number,
): Promise<{ readonly promotedMs: number; readonly withoutStandbyMs: number }> {
  let [promotedAt, confirmedAt] = [0, 0]
  const longestMs = 3 * AFTER_KILL_S * 1000
  for (;;) {
    const now = performance.now()
    const states = (await cluster.states()).filter((_, node) => node !== victim)
    const primary = states.find((state) => state?.isPrimary)
    if (primary && promotedAt === 0) promotedAt = now
    if (primary && primary.synchronousStandbys > 0 && confirmedAt === 0) confirmedAt = now
    const isEnough = now - killedAt > AFTER_KILL_S * 1000 && confirmedAt > 0
    if (isEnough) return { promotedMs: promotedAt - killedAt, withoutStandbyMs: confirmedAt - promotedAt }
    if (now - killedAt > longestMs) throw new Error('no standby became synchronous')
    await pause(POLL_MS)
  }
}

/** The longest time without an acknowledged write around a kill, in milliseconds. */
function longestGap(times: readonly number[], killedAt: number): number {
  const around = times.filter((time) => time > killedAt - 2000)
  return Math.max(0, ...around.slice(1).map((time, index) => time - (around[index] ?? time)))
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
