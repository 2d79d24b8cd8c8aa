import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../memory-server/src/store/database.ts'
import { openPostgresStore } from '../../memory-server/src/store/postgres.ts'
import { openSqliteStore } from '../../memory-server/src/store/sqlite.ts'
import { systemClock } from '../../src/clock.ts'
import { installedBinaries, startPostgres } from '../../test/support/postgres.ts'
import { usageOf } from '../support/processes.ts'
import type { Usage } from '../support/processes.ts'

export type EngineName = 'sqlite' | 'postgres'

/** A database of its own, empty at first. */
export interface BenchDatabase {
  readonly engine: EngineName
  /** Path of the file, or address. */
  readonly address: string
  readonly folder: string
  readonly open: () => Promise<Store>
  /** Size of what was written ahead and is kept, in megabytes. */
  readonly logMegabytes: () => number
  /** What a database server of its own has used; nothing for the embedded one. */
  readonly usage: () => Usage
  readonly remove: () => Promise<void>
}

const MEGABYTE = 1_000_000
const NOTHING: Usage = { cpuMs: 0, rssMegabytes: 0 }

/** Makes a database. */
export function createDatabase(engine: EngineName): Promise<BenchDatabase> {
  return engine === 'sqlite' ? createFile() : createServer()
}

async function createFile(): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'caller-memory-bench-'))
  const address = join(folder, 'memory.db')
  return {
    engine: 'sqlite',
    address,
    folder,
    open: () => openSqliteStore({ path: address, clock: systemClock }),
    logMegabytes: () => (statSync(`${address}-wal`, { throwIfNoEntry: false })?.size ?? 0) / MEGABYTE,
    usage: () => NOTHING,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function createServer(): Promise<BenchDatabase> {
  const binaries = installedBinaries()
  if (binaries === undefined) throw new Error('there are no PostgreSQL binaries for this platform')
  const folder = mkdtempSync(join(tmpdir(), 'caller-memory-bench-'))
  const server = await startPostgres(binaries)
  const log = join(server.cluster, 'pg_wal')
  return {
    engine: 'postgres',
    address: server.url,
    folder,
    open: () => openPostgresStore({ url: server.url, clock: systemClock }),
    logMegabytes: () =>
      readdirSync(log).reduce((sum, file) => sum + statSync(join(log, file)).size, 0) / MEGABYTE,
    usage: () => usageOf(server.pid()),
    remove: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
