import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { drawTable } from '../support/table.ts'
import { createDatabase } from './databases.ts'
import type { EngineName } from './databases.ts'
import { CONNECTIONS, measure, OPEN_LOOP_REQUESTS } from './measure.ts'
import type { Measured, Sustained } from './measure.ts'
import { plot } from './plot.ts'
import { HELP, readOptions } from './options.ts'
import type { BenchOptions } from './options.ts'

const RESULTS = resolve(__dirname, '../results')
const say = (text: string): void => void process.stderr.write(text)

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (!options) return void process.stdout.write(`${HELP}\n`)
  for (const engine of options.engines) await measureEngine(engine, options)
}

async function measureEngine(engine: EngineName, options: BenchOptions): Promise<void> {
  const results: Measured[] = []
  for (const customers of options.sizes) {
    const database = await createDatabase(engine)
    try {
      // A load that takes long is put on the largest database only.
      const isLargest = customers === Math.max(...options.sizes)
      const sustainedMinutes = isLargest ? options.sustainedMinutes : 0
      results.push(await measure(database, customers, { ...options, sustainedMinutes }, say))
    } finally {
      await database.remove()
    }
  }
  const sustained = results.flatMap((one) => (one.sustained ? [describeSustained(one.sustained)] : []))
  process.stdout.write(`\n${[engine, ...columnsOf(results), ...sustained].join('\n\n')}\n`)
  mkdirSync(RESULTS, { recursive: true })
  const setting = { engine, node: process.version, cores: cpus().length, connections: CONNECTIONS }
  const report = { ...setting, openLoopRequestsPerSecond: OPEN_LOOP_REQUESTS, results }
  writeFileSync(join(RESULTS, `memory-${engine}.json`), `${JSON.stringify(report, null, 2)}\n`)
  const words = `${CONNECTIONS} connections, ${setting.cores} cores, Node ${process.versions.node}`
  writeFileSync(join(RESULTS, `memory-${engine}.svg`), plot(engine, results, words))
}

function columnsOf(results: readonly Measured[]): string[] {
  return [
    drawTable(
      results.map((one) => ({
        customers: one.customers,
        'raw calls/s': one.rawCallsPerSecond,
        'HTTP calls/s': one.httpCallsPerSecond,
        ratio: one.ratio,
        failed: one.failed,
      })),
    ),
    drawTable(
      results.map((one) => ({
        customers: one.customers,
        'p50 ms': one.p50Ms,
        'p99 ms': one.p99Ms,
        'open loop p50': one.openLoopP50Ms,
        p99: one.openLoopP99Ms,
        'p99.9': one.openLoopP999Ms,
      })),
    ),
    drawTable(
      results.map((one) => ({
        customers: one.customers,
        'CPU ms/request: server': one.serverCpuMs,
        database: one.databaseCpuMs,
        load: one.loadCpuMs,
        raw: one.rawCpuMs,
        'server RSS MB': one.serverRssMegabytes,
        'log MB': one.logMegabytes,
      })),
    ),
  ]
}

function describeSustained({
  minutes,
  callsPerSecond,
  p99Ms,
  logMegabytes,
  serverRssMegabytes,
}: Sustained): string {
  const most = Math.max(0, ...logMegabytes)
  const rates = `${callsPerSecond} calls/s, p99 ${p99Ms.toFixed(1)} ms`
  return `${minutes} minutes of steady load: ${rates}, log at most ${most} MB, server RSS ${serverRssMegabytes} MB`
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
