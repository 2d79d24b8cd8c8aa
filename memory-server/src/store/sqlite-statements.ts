import { CallerMemoryError } from '../../../src/errors.ts'
import type { Row, SqlValue } from './database.ts'
import { sqliteCodeOf } from './sqlite-engine.ts'
import type { SqliteConnection, SqliteStatement } from './sqlite-engine.ts'

interface Prepared {
  readonly statement: SqliteStatement
  /** For each `?`, which parameter it takes. */
  readonly positions: readonly number[]
  /** Whether that is each parameter once, in order. */
  readonly isPlain: boolean
}

/** Runs portable statements at once. */
export interface StatementRunner {
  readonly read: (sql: string, params: readonly SqlValue[]) => readonly Row[]
  readonly run: (sql: string, params: readonly SqlValue[]) => void
}

/** Runs portable statements on one connection. Each text is prepared once and kept. */
export function createStatementRunner(connection: SqliteConnection): StatementRunner {
  const cache = new Map<string, Prepared>()
  const preparedOf = (sql: string): Prepared => {
    const known = cache.get(sql)
    if (known) return known
    const prepared = prepare(connection, sql)
    cache.set(sql, prepared)
    return prepared
  }
  return {
    read: (sql, params) => {
      try {
        const prepared = preparedOf(sql)
        return prepared.statement.all(...valuesFor(prepared, params)) as Row[]
      } catch (error) {
        throw storeFault(error)
      }
    },
    run: (sql, params) => {
      try {
        const prepared = preparedOf(sql)
        prepared.statement.run(...valuesFor(prepared, params))
      } catch (error) {
        throw storeFault(error)
      }
    },
  }
}

/** Most statements take their parameters as they come. */
function valuesFor({ positions, isPlain }: Prepared, params: readonly SqlValue[]): readonly SqlValue[] {
  return isPlain && params.length === positions.length
    ? params
    : positions.map((position) => params[position] ?? null)
}

/** SQLite reads `$1` as a name, so numbered placeholders become one `?` for each use. */
function prepare(connection: SqliteConnection, sql: string): Prepared {
  const positions: number[] = []
  const text = sql.replaceAll(/\$(\d+)/g, (_whole, number: string) => {
    positions.push(Number(number) - 1)
    return '?'
  })
  const isPlain = positions.every((position, index) => position === index)
  return { statement: connection.prepare(text + storageOf(text)), positions, isPlain }
}

// Tables of long rows. They are written at their end, one row beside the other, and found through their key.
const APPENDED: ReadonlySet<string> = new Set(['calls', 'call_notes', 'corrections', 'customer_merges'])

/**
 * How SQLite keeps a new table. Short rows lie in their key's tree, so that finding one is one search and changing
 * one is one page; otherwise each row has a number and lies in a tree of its own.
 */
function storageOf(sql: string): '' | ' WITHOUT ROWID' {
  const table = /^CREATE TABLE IF NOT EXISTS (\w+)[^]*PRIMARY KEY/.exec(sql)?.[1]
  return table === undefined || APPENDED.has(table) ? '' : ' WITHOUT ROWID'
}

// Those that an operator can do something about (https://www.sqlite.org/rescode.html).
const NAMES: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
}

/** The fault of a statement that failed. SQLite's message is left out: it may quote a value. */
export function storeFault(error: unknown): CallerMemoryError {
  if (error instanceof CallerMemoryError) return error
  const code = sqliteCodeOf(error)
  const databaseCode = NAMES[code & 0xff] ?? `SQLITE_${code}`
  return new CallerMemoryError('CM_STORE_UNAVAILABLE', `the database failed with SQLite code ${code}`, {
    databaseCode,
  })
}
