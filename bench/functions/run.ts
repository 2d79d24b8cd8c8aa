import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startMemoryServer } from '../support/memory-server.ts'
import { median, percentile, round } from '../support/statistics.ts'
import { drawTable } from '../support/table.ts'
import { inProcess } from '../support/worker-process.ts'
import { buildFunctions } from './build.ts'
import type { HeardCall } from './hear-calls.ts'
import type { Timings } from './time-rounds.ts'
import type { FunctionsResult, FunctionsTask } from './worker.ts'

const FILE = resolve(__dirname, '../results/functions.json')
const P50_BELOW_MS = 5
const P99_BELOW_MS = 25

// `npm run bench:functions`: identify-caller beside the usual sample, under one runtime and one memory.
async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '1000' }, dry: { type: 'boolean', default: false } },
  })
  const folder = mkdtempSync(join(tmpdir(), 'bench-functions-'))
  const built = buildFunctions()
  const server = await startMemoryServer(folder, {})
  try {
    const { remove: _, ...places } = built
    const shared = {
      built: places,
      memoryUrl: server.url,
      apiKey: server.apiKey,
      rounds: Number(values.rounds),
    }
    const found = async (mode: FunctionsTask['mode']): Promise<FunctionsResult> =>
      inProcess<FunctionsResult>(join(__dirname, 'worker.ts'), { ...shared, mode }, { quiet: true })
    const { timings } = await found('warm')
    if (!timings) throw new Error('nothing was timed')
    const warm = weigh(timings)
    const reset = outage(await found('memory-down'))
    const hung = outage(await found('memory-slow'))
    report({ rounds: shared.rounds, warm, reset, hung }, values.dry)
  } finally {
    await server.stop()
    built.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Spread {
  readonly p50: number
  readonly p99: number
}

interface Warm {
  readonly memory: Spread
  readonly empty: Spread
  readonly ours: Spread
  readonly theirs: Spread
  /** Each percentile beyond the same one of the memory's own answers, so that a busy machine counts once. */
  readonly overheadOurs: Spread
  readonly overheadTheirs: Spread
  readonly ratioP50: number
  readonly ratioP99: number
}

function weigh(timings: Timings): Warm {
  const own = spread(timings.memory)
  const over = (values: readonly number[]): Spread => {
    const { p50, p99 } = spread(values)
    return { p50: round(p50 - own.p50, 2), p99: round(p99 - own.p99, 2) }
  }
  return {
    memory: spread(timings.memory),
    empty: spread(timings.empty),
    ours: spread(timings.ours),
    theirs: spread(timings.theirs),
    overheadOurs: over(timings.ours),
    overheadTheirs: over(timings.theirs),
    ratioP50: round(median(timings.ours) / median(timings.theirs), 2),
    ratioP99: round(percentile(timings.ours, 0.99) / percentile(timings.theirs, 0.99), 2),
  }
}

function spread(values: readonly number[]): Spread {
  return { p50: round(median(values), 2), p99: round(percentile(values, 0.99), 2) }
}

interface Outage {
  readonly ours: Heard
  readonly theirs: Heard
  /** Middle time of ours against theirs. */
  readonly ratio: number
}

interface Heard {
  readonly words: readonly string[]
  readonly firstMs: number
  readonly medianMs: number
  /** The last of the calls: what an outage that goes on costs. */
  readonly lastMs: number
}

function outage({ ours = [], theirs = [] }: FunctionsResult): Outage {
  const [a, b] = [heardIn(ours), heardIn(theirs)]
  return { ours: a, theirs: b, ratio: round(a.medianMs / b.medianMs, 3) }
}

function heardIn(calls: readonly HeardCall[]): Heard {
  const times = calls.map(({ afterMs }) => afterMs)
  return {
    words: [...new Set(calls.map(({ words }) => words))],
    firstMs: Math.round(times[0] ?? 0),
    medianMs: Math.round(median(times)),
    lastMs: Math.round(times.at(-1) ?? 0),
  }
}

interface Report {
  readonly rounds: number
  readonly warm: Warm
  readonly reset: Outage
  readonly hung: Outage
}

function report(found: Report, dry: boolean): void {
  const { warm, rounds } = found
  const rows = (['memory', 'empty', 'ours', 'theirs', 'overheadOurs', 'overheadTheirs'] as const).map(
    (name) => ({
      '': TITLES[name],
      'p50 ms': warm[name].p50,
      'p99 ms': warm[name].p99,
    }),
  )
  print(`${rounds} rounds, one request at a time\n\n${drawTable(rows)}`)
  print(`\nours against the usual sample: p50 ${warm.ratioP50}, p99 ${warm.ratioP99}\n`)
  const outages = (['reset', 'hung'] as const).flatMap((fault) => [
    outageRow(`memory ${fault}, ours`, found[fault].ours),
    outageRow(`memory ${fault}, usual sample`, found[fault].theirs),
  ])
  print(drawTable(outages))
  print(`\nratio of the middle times: reset ${found.reset.ratio}, hung ${found.hung.ratio}\n`)
  if (!dry) writeFileSync(FILE, `${JSON.stringify({ node: process.version, ...found }, null, 2)}\n`)
  const { p50, p99 } = warm.overheadOurs
  const holds = p50 < P50_BELOW_MS && p99 < P99_BELOW_MS
  print(
    `${holds ? 'Holds' : 'Does not hold'}: overhead p50 ${p50} ms (< ${P50_BELOW_MS}), p99 ${p99} ms (< ${P99_BELOW_MS})`,
  )
  process.exitCode = holds ? 0 : 1
}

const TITLES = {
  memory: 'the memory alone',
  empty: 'a function that does nothing',
  ours: 'identify-caller',
  theirs: 'the usual sample',
  overheadOurs: 'identify-caller, beyond the memory',
  overheadTheirs: 'the usual sample, beyond the memory',
} as const

function outageRow(
  title: string,
  { firstMs, medianMs, lastMs, words }: Heard,
): Record<string, string | number> {
  return {
    '': title,
    'first ms': firstMs,
    'middle ms': medianMs,
    'last ms': lastMs,
    'the caller hears': words.join(' / '),
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

void run()
