import { CallerMemoryError } from '../../../src/errors.ts'
import type { Row, SqlValue, Transaction } from './database.ts'
import { sqliteCodeOf } from './sqlite-engine.ts'
import type { SqliteConnection, SqliteStatement } from './sqlite-engine.ts'

interface Prepared {
  readonly statement: SqliteStatement
  /** For each `?`, which parameter it takes. */
  readonly positions: readonly number[]
  /** Whether that is each parameter once, in order. */
  readonly isPlain: boolean
}

/** Runs portable statements on one connection. Each text is prepared once and kept. */
export function createStatementRunner(connection: SqliteConnection): Transaction {
  const cache = new Map<string, Prepared>()
  const execute = <T>(
    sql: string,
    params: readonly SqlValue[],
    step: (statement: SqliteStatement, values: readonly SqlValue[]) => T,
  ): T => {
    try {
      let prepared = cache.get(sql)
      if (!prepared) {
        prepared = prepare(connection, sql)
        cache.set(sql, prepared)
      }
      return step(prepared.statement, valuesFor(prepared, params))
    } catch (error) {
      throw storeFault(error)
    }
  }
  return {
    read: async (sql, params) =>
      execute(sql, params, (statement, values) => statement.all(...values) as Row[]),
    run: async (sql, params) => execute(sql, params, (statement, values) => void statement.run(...values)),
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
  return { statement: connection.prepare(text), positions, isPlain }
}

/** The fault of a statement that failed. SQLite's message is left out: it may quote a value. */
export function storeFault(error: unknown): CallerMemoryError {
  if (error instanceof CallerMemoryError) return error
  return new CallerMemoryError(
    'CM_STORE_UNAVAILABLE',
    `the database failed with SQLite code ${sqliteCodeOf(error)}`,
  )
}
