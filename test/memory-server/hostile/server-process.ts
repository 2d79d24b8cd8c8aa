import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { API_KEY, HASH_KEY } from '../support.ts'

/** A memory server in a process of its own. */
export interface ServerProcess {
  readonly port: number
  readonly hasEnded: () => boolean
  /** Resident memory in megabytes; 0 where the system does not tell. */
  readonly megabytes: () => number
  readonly stop: () => Promise<void>
}

/** Starts the real program on a database file. Its log is thrown away. */
export async function startServerProcess(database: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'memory-server/src/main.ts'], {
    env: {
      ...process.env,
      MEMORY_SERVER_PORT: '0',
      MEMORY_SERVER_DATABASE: database,
      DATABASE_URL: 'none',
      MEMORY_SERVER_API_KEYS: API_KEY,
      MEMORY_SERVER_HASH_KEY: HASH_KEY,
      RATE_LIMIT_PER_MINUTE: 'none',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const [first] = (await Promise.race([once(lines, 'line'), ended.then(() => [''])])) as [string]
  const { port } = JSON.parse(first === '' ? '{}' : first) as { readonly port?: number }
  if (port === undefined) throw new Error('the server did not start')
  return {
    port,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    megabytes: () => residentMegabytes(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Math.round(Number(kilobytes) / 1024)
  } catch {
    return 0
  }
}
