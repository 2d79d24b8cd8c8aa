import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { checkBackup } from '../backup/read-backup.ts'
import { migrationsFor, repeatErasures, restoreRows } from '../backup/restore-backup.ts'
import { writeBackup } from '../backup/write-backup.ts'
import { createKeyedHash } from '../identity/keyed-hash.ts'
import type { Store } from '../store/database.ts'
import { openPostgresStore } from '../store/postgres.ts'
import { clusterUrlsOf } from '../store/postgres-url.ts'
import { requireEmptyPostgres, snapshotOfFile, snapshotOfPostgres } from '../store/snapshot.ts'
import type { Migration } from '../store/sql/migrations.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { Command } from './command-forms.ts'

/** Which database, and with which keys. */
export interface BackupPlace {
  readonly database: string
  readonly databaseUrl: string | undefined
  readonly hashKey: string
}

/** Told how far long work has come, a line at a time. */
type ShowProgress = (line: string) => void

/**
 * Backs the database up while servers go on.
 *
 * @throws CM_USAGE, CM_STORE_UNAVAILABLE
 */
export async function runBackup(
  { path, tombstonesOnly }: Extract<Command, { kind: 'backup' }>,
  { database, databaseUrl }: BackupPlace,
  clock: Clock,
  showProgress: ShowProgress,
): Promise<string[]> {
  refuseClusters(databaseUrl)
  const file = fileIn(path, clock)
  if (databaseUrl === undefined && !existsSync(database)) {
    throw new CallerMemoryError('CM_USAGE', 'there is no database file to back up')
  }
  const snapshot =
    databaseUrl === undefined
      ? await snapshotOfFile(database, `${file}.snapshot`)
      : await snapshotOfPostgres(databaseUrl)
  try {
    const onProgress = (rows: number): void => showProgress(`${rows} rows written`)
    const counts = await writeBackup({ snapshot, file, tombstonesOnly, clock, onProgress })
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
    return [file, `${rows} rows, of these ${counts['customers'] ?? 0} customers`]
  } finally {
    await snapshot.close()
  }
}

/**
 * Restores a backup, checked as a whole first, into a database file that does not exist yet or a PostgreSQL database
 * without tables.
 *
 * @throws CM_USAGE, CM_CONFIG_INVALID, CM_STORE_DAMAGED, CM_STORE_UNAVAILABLE
 */
export async function runRestore(
  { file, tombstones }: Extract<Command, { kind: 'restore' }>,
  { database, databaseUrl, hashKey }: BackupPlace,
  clock: Clock,
  showProgress: ShowProgress,
): Promise<string[]> {
  refuseClusters(databaseUrl)
  const keyedHash = createKeyedHash(hashKey)
  const backup = await checkBackup(file)
  const later = tombstones === undefined ? undefined : await checkBackup(tombstones)
  const migrations = migrationsFor(backup, keyedHash)
  if (later) migrationsFor(later, keyedHash)
  const target = databaseUrl === undefined ? fileTarget(database, clock) : serverTarget(databaseUrl, clock)
  await target.requireEmpty()
  const onProgress = (rows: number): void => showProgress(`${rows} rows restored`)
  const restored = await using(await target.open(migrations), (store) =>
    restoreRows({ backup, database: store, onProgress }),
  )
  const erased = await using(await target.open(), (store) =>
    later ? repeatErasures(store, keyedHash, later) : Promise.resolve(0),
  )
  target.finish()
  const lines = [`${restored} rows restored, as of ${backup.header.made_at}`]
  return later ? [...lines, `${erased} customers erased again`] : lines
}

interface Target {
  readonly requireEmpty: () => Promise<void>
  readonly open: (migrations?: readonly Migration[]) => Promise<Store>
  readonly finish: () => void
}

/** The file gets its name when it is whole, so a restore that breaks off leaves nothing behind that looks whole. */
function fileTarget(path: string, clock: Clock): Target {
  const partial = `${path}.restoring`
  const removePartial = (): void => {
    for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(`${partial}${suffix}`, { force: true })
  }
  return {
    requireEmpty: async () => {
      if (existsSync(path)) {
        throw new CallerMemoryError('CM_USAGE', 'there is a database file already: move it away first')
      }
      removePartial()
    },
    open: (migrations) => openSqliteStore({ path: partial, clock, ...(migrations && { migrations }) }),
    finish: () => {
      renameSync(partial, path)
      removePartial()
    },
  }
}

function serverTarget(url: string, clock: Clock): Target {
  return {
    requireEmpty: () => requireEmptyPostgres(url),
    open: (migrations) => openPostgresStore({ url, clock, ...(migrations && { migrations }) }),
    finish: () => undefined,
  }
}

async function using<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

function fileIn(path: string, clock: Clock): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path
  const time = clock().toISOString().replaceAll(':', '-').slice(0, 19)
  return join(path, `caller-memory-${time}Z.jsonl.gz`)
}

function refuseClusters(databaseUrl: string | undefined): void {
  if (databaseUrl === undefined || clusterUrlsOf(databaseUrl).length < 2) return
  const message = 'DATABASE_URL names several clusters: back up each of them by its own tools'
  throw new CallerMemoryError('CM_USAGE', message)
}
