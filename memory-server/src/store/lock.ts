import { CallerMemoryError } from '../../../src/errors.ts'
import { createPrivateFile } from './private-file.ts'
import { isBusy } from './sqlite-engine.ts'
import type { OpenSqlite, SqliteConnection } from './sqlite-engine.ts'

/**
 * Takes the one lock that a database file has, on a file beside it, so that backups and the sqlite3 shell can
 * still read the database. The operating system drops the lock with the process, however that ends.
 *
 * @throws CM_STORE_UNAVAILABLE when another memory server holds it.
 */
export function takeLock(open: OpenSqlite, databasePath: string): SqliteConnection {
  const path = `${databasePath}.lock`
  createPrivateFile(path)
  const connection = open(path)
  try {
    connection.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return connection
  } catch (error) {
    connection.close()
    if (!isBusy(error)) throw error
    throw new CallerMemoryError(
      'CM_STORE_UNAVAILABLE',
      'another memory server uses this database: stop it, or set MEMORY_SERVER_DATABASE to another file',
    )
  }
}
