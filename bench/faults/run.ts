import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { startMemoryServer } from '../support/memory-server.ts'
import { inProcess } from '../support/worker-process.ts'
import type { FaultsResult, FaultsTask } from './worker.ts'

const FILE = resolve(__dirname, '../results/faults.json')
const MINUTES = 30

// `npm run bench:faults`: simulated calls under random faults, on the real functions and the real memory server.
async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(randomBytes(4).readUInt32BE()) },
      lanes: { type: 'string', default: '8' },
      processes: { type: 'string', default: '2' },
      dry: { type: 'boolean', default: false },
    },
  })
  const [calls, seed, lanes] = [Number(values.calls), Number(values.seed), Number(values.lanes)]
  const parts = Number(values.processes)
  print(`${calls} calls, seed ${seed} (again with --calls ${calls} --seed ${seed})`)
  const startedAt = performance.now()
  const found = await Promise.all(
    Array.from({ length: parts }, (_, part) => playPart({ calls, seed, lanes, part, parts })),
  )
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  report({ seed, processes: parts, ...sum(found), seconds }, values.dry)
}

/** One process of functions and one of memory, apart from all others. */
async function playPart(part: Omit<FaultsTask, 'memoryUrl' | 'apiKey'>): Promise<FaultsResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-faults-'))
  const server = await startMemoryServer(folder, {})
  try {
    const task: FaultsTask = { ...part, memoryUrl: server.url, apiKey: server.apiKey }
    const limits = { timeoutMs: MINUTES * 60_000, quiet: true }
    return await inProcess<FaultsResult>(join(__dirname, 'worker.ts'), task, limits)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function sum(found: readonly FaultsResult[]): FaultsResult {
  return found.reduce((total, { stories, ...counts }) => {
    const entries = Object.entries(counts) as [Exclude<keyof FaultsResult, 'stories'>, number][]
    const added = Object.fromEntries(entries.map(([name, count]) => [name, total[name] + count]))
    return { ...(added as unknown as Omit<FaultsResult, 'stories'>), stories: [...total.stories, ...stories] }
  })
}

type Report = FaultsResult & { readonly seed: number; readonly processes: number; readonly seconds: number }

function report(result: Report, dry: boolean): void {
  for (const [name, value] of Object.entries(result)) print(`  ${name.padEnd(20)} ${value}`)
  if (!dry) writeFileSync(FILE, `${JSON.stringify({ node: process.version, ...result }, null, 2)}\n`)
  const { lostCalls, lostNotes, duplicateCustomers, duplicatedIntents, withoutTwiml, pendingAtEnd } = result
  const lost = lostCalls + lostNotes + pendingAtEnd
  const wrong = lost + duplicateCustomers + duplicatedIntents + withoutTwiml
  const counts = `${result.calls} calls, ${lost} lost saves, ${duplicateCustomers} duplicate customers, ${duplicatedIntents} duplicated intents, ${withoutTwiml} answers without TwiML`
  print(`verdict: ${wrong === 0 ? 'holds' : 'DOES NOT HOLD'} (${counts})`)
  process.exitCode = wrong === 0 ? 0 : 1
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

void run()
