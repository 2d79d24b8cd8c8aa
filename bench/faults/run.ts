import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { startChild } from '../../local-twilio/src/system/child.ts'
import { inProcess } from '../support/worker-process.ts'
import type { FaultsResult, FaultsTask } from './worker.ts'

const ROOT = resolve(__dirname, '../..')
const MINUTES = 20

// `npm run bench:faults`: simulated calls under random faults, on the real functions and the real memory server.
async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(randomBytes(4).readUInt32BE()) },
      lanes: { type: 'string', default: '16' },
      dry: { type: 'boolean', default: false },
    },
  })
  const [calls, seed, lanes] = [Number(values.calls), Number(values.seed), Number(values.lanes)]
  print(`${calls} calls, seed ${seed} (again with --calls ${calls} --seed ${seed})`)
  const folder = mkdtempSync(join(tmpdir(), 'bench-faults-'))
  const apiKey = `sk_test_${randomBytes(32).toString('base64url')}`
  const server = startMemoryServer(folder, apiKey)
  try {
    const port = await server.ready((line) => /"memory server listening".*"port":(\d+)/.exec(line)?.[1])
    const task: FaultsTask = { memoryUrl: `http://127.0.0.1:${port}`, apiKey, calls, seed, lanes }
    const startedAt = performance.now()
    const limits = { timeoutMs: MINUTES * 60_000, quiet: true }
    const result = await inProcess<FaultsResult>(join(__dirname, 'worker.ts'), task, limits)
    report({ seed, ...result, seconds: Math.round((performance.now() - startedAt) / 100) / 10 }, values.dry)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function startMemoryServer(folder: string, apiKey: string): ReturnType<typeof startChild> {
  return startChild({
    title: 'the memory server',
    script: join(ROOT, 'memory-server/src/main.ts'),
    logFile: join(folder, 'memory-server.log'),
    environment: {
      MEMORY_SERVER_PORT: '0',
      RATE_LIMIT_PER_MINUTE: 'none',
      MEMORY_SERVER_DATABASE: join(folder, 'memory.db'),
      DATABASE_URL: 'none',
      MEMORY_SERVER_API_KEYS: apiKey,
      MEMORY_SERVER_HASH_KEY: randomBytes(32).toString('hex'),
    },
  })
}

function report(
  result: FaultsResult & { readonly seed: number; readonly seconds: number },
  dry: boolean,
): void {
  for (const [name, value] of Object.entries(result)) print(`  ${name.padEnd(20)} ${value}`)
  if (!dry) {
    const file = join(ROOT, 'bench/results/faults.json')
    writeFileSync(file, `${JSON.stringify({ node: process.version, ...result }, null, 2)}\n`)
  }
  const { lostCalls, lostNotes, duplicateCustomers, duplicatedIntents, withoutTwiml, pendingAtEnd } = result
  const wrong = lostCalls + lostNotes + duplicateCustomers + duplicatedIntents + withoutTwiml + pendingAtEnd
  print(wrong === 0 ? 'Nothing was lost and nothing doubled.' : 'Something was lost or doubled.')
  process.exitCode = wrong === 0 ? 0 : 1
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

void run()
