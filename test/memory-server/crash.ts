import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { exportOf, halfWritten, missingOf, writeCalls } from '../../bench/support/call-ledger.ts'
import type { KeptCall, Target } from '../../bench/support/call-ledger.ts'
import { eventually } from '../support/eventually.ts'
import { API_KEY, HASH_KEY } from './support.ts'

/** A memory server in a process of its own, to be killed. */
export interface Victim extends Target {
  readonly pid: number
  /** What it has logged since it listens, one JSON text for each line. */
  readonly logLines: readonly string[]
  /** Ends it as a power cut would. Resolves when it is gone. */
  readonly kill: () => Promise<void>
}

/** Starts the real program. How to kill it is added to `running`, for a test that fails before it does. */
export async function startVictim(
  environment: Readonly<Record<string, string>>,
  running: Set<() => Promise<void>>,
): Promise<Victim> {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'memory-server/src/main.ts'], {
    env: {
      ...process.env,
      MEMORY_SERVER_PORT: '0',
      MEMORY_SERVER_API_KEYS: API_KEY,
      MEMORY_SERVER_HASH_KEY: HASH_KEY,
      MEMORY_SERVER_DOCS: 'off',
      RATE_LIMIT_PER_MINUTE: 'none',
      DATABASE_URL: 'none',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  const logLines: string[] = []
  lines.on('line', (each: string) => logLines.push(each))
  const { port } = JSON.parse(line) as { readonly port: number }
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  running.add(kill)
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey: API_KEY,
    pid: child.pid ?? 0,
    logLines,
    kill,
  }
}

/** What was acknowledged while something broke, and how what was refused was refused. */
export interface Written {
  readonly calls: readonly KeptCall[]
  /** 0 stands for a connection that broke. */
  readonly refusals: ReadonlySet<number>
}

/**
 * Writes calls while `disturb` breaks something, a random time after the first is acknowledged. Writers give up at
 * the first refusal, or with `retryAfterMs` go on until everything that they began is acknowledged.
 */
export async function writeWhile(
  target: Target,
  prefix: string,
  disturb: () => Promise<void>,
  retryAfterMs?: number,
): Promise<Written> {
  let going = true
  let onFirst: () => void = () => undefined
  const first = new Promise<void>((resolve) => {
    onFirst = resolve
  })
  const refusals = new Set<number>()
  const writing = writeCalls(target, {
    writers: 8,
    prefix,
    goOn: () => going,
    onAcknowledged: () => onFirst(),
    onFailed: (status) => refusals.add(status),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
  await Promise.race([first, writing])
  await new Promise((resolve) => void setTimeout(resolve, 50 + Math.random() * 250))
  await disturb()
  going = false
  return { calls: await writing, refusals }
}

/**
 * Writes calls; after the first is acknowledged `squeeze` makes all writing fail, and once it has failed for a while
 * `release` makes room again. Answers when calls are acknowledged again.
 */
export async function writeThroughFailure(
  target: Target,
  squeeze: () => Promise<void>,
  release: () => Promise<void>,
): Promise<Written> {
  let going = true
  const seen = { acknowledged: 0, failed: 0 }
  const refusals = new Set<number>()
  const writing = writeCalls(target, {
    writers: 4,
    prefix: 'squeezed',
    goOn: () => going,
    onAcknowledged: () => (seen.acknowledged += 1),
    onFailed: (status) => {
      seen.failed += 1
      refusals.add(status)
    },
    retryAfterMs: 20,
    pauseMs: 5,
  })
  const more = async (what: keyof typeof seen, count: number): Promise<void> => {
    const from = seen[what]
    await eventually(() => expect(seen[what]).toBeGreaterThanOrEqual(from + count))
  }
  try {
    await more('acknowledged', 8)
    await squeeze()
    await more('failed', 12)
    await release()
    await more('acknowledged', 12)
  } finally {
    going = false
    await writing
  }
  return { calls: await writing, refusals }
}

/** What is not as it was acknowledged, or half there, of all these customers. */
export async function damageOf(
  target: Target,
  calls: readonly KeptCall[],
  customerRefs: readonly string[],
): Promise<readonly string[]> {
  const missing = await missingOf(target, calls)
  const known = new Set(calls.map(({ start }) => start['customer_ref']))
  // Whoever was not acknowledged must be whole as well.
  const half: string[] = []
  for (const ref of customerRefs.filter((one) => !known.has(one))) {
    const problem = halfWritten(await exportOf(target, ref))
    if (problem !== undefined) half.push(problem)
  }
  return [...missing, ...half]
}
