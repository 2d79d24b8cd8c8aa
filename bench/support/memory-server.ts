import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { type Child, startChild } from '../../local-twilio/src/system/child.ts'
import type { Target } from './call-ledger.ts'

/** A memory server in a process of its own. */
export interface RunningServer extends Target {
  readonly stop: Child['stop']
}

const MAIN = resolve(__dirname, '../../memory-server/src/main.ts')

/** Starts a memory server on a free port, with a key of its own. Logs go to a file in the folder. */
export async function startMemoryServer(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const apiKey = `sk_test_${randomBytes(32).toString('base64url')}`
  const child = startChild({
    title: 'the memory server',
    script: MAIN,
    logFile: join(folder, 'server.log'),
    environment: {
      MEMORY_SERVER_PORT: '0',
      RATE_LIMIT_PER_MINUTE: 'none',
      DATABASE_URL: 'none',
      MEMORY_SERVER_DATABASE: join(folder, 'memory.db'),
      MEMORY_SERVER_API_KEYS: apiKey,
      MEMORY_SERVER_HASH_KEY: '5e'.repeat(32),
      ...environment,
    },
  })
  const port = await child.ready((line) => /"memory server listening".*"port":(\d+)/.exec(line)?.[1])
  return { url: `http://127.0.0.1:${port}`, apiKey, stop: child.stop }
}
