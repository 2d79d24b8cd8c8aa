import { rmSync } from 'node:fs'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { ReadRows } from './copy-rows.ts'
import { postgresFault } from './postgres-faults.ts'
import { createPostgresHosts } from './postgres-hosts.ts'
import { createPrivateFile } from './private-file.ts'
import { loadSqlite } from './sqlite-engine.ts'
import { createStatementRunner, storeFault } from './sqlite-statements.ts'

/** A database as it was at one moment, while servers go on. */
export interface Snapshot {
  readonly read: ReadRows
  readonly close: () => Promise<void>
}

const CONNECT_TIMEOUT_MS = 5000
const STATEMENT_TIMEOUT_MS = 60_000

/**
 * Takes a snapshot of a database file: SQLite copies it into a private file at `scratch`, so that reading the rows
 * does not keep the log of the database in use from being merged. The copy goes with the snapshot.
 *
 * @throws CM_STORE_UNAVAILABLE when the file cannot be read or copied.
 */
export async function snapshotOfFile(path: string, scratch: string): Promise<Snapshot> {
  const open = await loadSqlite()
  rmSync(scratch, { force: true })
  try {
    const live = open(path)
    try {
      live.exec('PRAGMA busy_timeout = 5000')
      createPrivateFile(scratch)
      live.exec(`VACUUM INTO '${scratch.replaceAll("'", "''")}'`)
    } finally {
      live.close()
    }
    const copy = open(scratch)
    const statements = createStatementRunner(copy)
    return {
      read: async (sql, params) => statements.read(sql, params),
      close: async () => {
        copy.close()
        rmSync(scratch, { force: true })
      },
    }
  } catch (error) {
    rmSync(scratch, { force: true })
    throw storeFault(error)
  }
}

/**
 * Takes a snapshot of a PostgreSQL database: one transaction that only reads and sees one moment.
 *
 * @throws CM_STORE_UNAVAILABLE when the database cannot be reached.
 */
export async function snapshotOfPostgres(url: string): Promise<Snapshot> {
  const hosts = createPostgresHosts({
    url,
    connections: 1,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    startupLimits: false,
    applicationName: 'caller-memory backup',
  })
  try {
    const { client, release } = await hosts.acquire()
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return {
      read: async (sql, params) => {
        try {
          return (await client.query<Record<string, unknown>>(sql, [...params])).rows
        } catch (error) {
          throw postgresFault(error)
        }
      },
      close: async () => {
        await client.query('ROLLBACK').catch(() => undefined)
        release()
        await hosts.close()
      },
    }
  } catch (error) {
    await hosts.close()
    throw postgresFault(error)
  }
}

const HAS_SCHEMA = `SELECT count(*) AS found FROM information_schema.tables
  WHERE table_schema = current_schema() AND table_name = 'schema_migrations'`

/**
 * Makes sure that nothing was stored in a PostgreSQL database yet.
 *
 * @throws CM_USAGE when it has the tables of a memory server.
 */
export async function requireEmptyPostgres(url: string): Promise<void> {
  const snapshot = await snapshotOfPostgres(url)
  try {
    const [row] = await snapshot.read(HAS_SCHEMA, [])
    if (Number(row?.['found'] ?? 0) === 0) return
  } finally {
    await snapshot.close()
  }
  throw new CallerMemoryError(
    'CM_USAGE',
    'the database is not empty: a backup is restored into a database without tables of a memory server only',
  )
}
