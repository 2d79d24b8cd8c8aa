import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { CHECKPOINT_LIMITS, startCheckpoints } from './checkpoints.ts'
import type { CheckpointLimits, Checkpoints } from './checkpoints.ts'
import type { Store } from './database.ts'
import { createGroupCommit } from './group-commit.ts'
import { takeLock } from './lock.ts'
import { migrate } from './migrate.ts'
import { createPrivateFile } from './private-file.ts'
import { loadSqlite } from './sqlite-engine.ts'
import type { OpenSqlite, SqliteConnection } from './sqlite-engine.ts'
import { createStatementRunner, storeFault } from './sqlite-statements.ts'
import { MIGRATIONS } from './sql/migrations.ts'
import type { Migration } from './sql/migrations.ts'

/**
 * How a connection to the database writes: ahead, every commit forced to the disk, the log merged by a thread of its
 * own. The cache is bounded; beyond it the system's own cache serves.
 */
export const SQLITE_SETTINGS =
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536'

/** How to open a database file. */
export interface SqliteStoreOptions {
  /** Path of the file. Folder and file are made when missing, readable by their owner only. */
  readonly path: string
  readonly clock: Clock
  /** The schema's history; the released one unless a test brings its own. */
  readonly migrations?: readonly Migration[]
  /** How the write-ahead log is kept short; as measured unless a test wants it shorter. */
  readonly checkpoints?: CheckpointLimits
}

/**
 * Opens the embedded database: write-ahead log, every commit forced to the disk, schema brought up to date.
 *
 * @throws CM_STORE_UNAVAILABLE when the file cannot be used or another memory server uses it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, clock, migrations = MIGRATIONS, checkpoints = CHECKPOINT_LIMITS } = options
  const open = await loadSqlite()
  const store = orStoreFault(() => {
    createPrivateFile(path)
    const lock = takeLock(open, path)
    const connection = connect(open, path, lock)
    return storeOn(connection, lock, startCheckpoints(connection, path, checkpoints))
  })
  try {
    await migrate(store, migrations, clock)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

function storeOn(connection: SqliteConnection, lock: SqliteConnection, checkpoints: Checkpoints): Store {
  const statements = createStatementRunner(connection)
  const { transaction, drain } = createGroupCommit(connection, statements, checkpoints.afterCommit)
  const shut = async (): Promise<void> => {
    await drain()
    await checkpoints.close()
    // @photostructure/sqlite keeps a connection until its statements are garbage (observed 2026-11, 1.2.1), so
    // closing alone would leave the log unmerged.
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    connection.close()
    lock.close()
  }
  let shutting: Promise<void> | undefined
  return {
    transaction,
    read: (sql, params) => transaction((shared) => shared.read(sql, params)),
    close: () => (shutting ??= shut()),
  }
}

function connect(open: OpenSqlite, path: string, lock: SqliteConnection): SqliteConnection {
  try {
    const connection = open(path)
    connection.exec(SQLITE_SETTINGS)
    return connection
  } catch (error) {
    lock.close()
    throw error
  }
}

/** A file system's or SQLite's refusal as a coded fault. Its message is left out, its code is kept. */
function orStoreFault<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    const isFileError = typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error
    if (!isFileError) throw storeFault(error)
    throw new CallerMemoryError(
      'CM_STORE_UNAVAILABLE',
      `the database file cannot be opened: ${String(error.code)}`,
    )
  }
}
