import { CallerMemoryError } from '../../../src/errors.ts'

/** A value in a row or a parameter. Times are epoch milliseconds. */
export type SqlValue = string | number | null

/** One row of an answer, by column name. */
export type Row = Readonly<Record<string, unknown>>

/** Statements that stand or fall together. */
export interface Transaction {
  readonly read: (sql: string, params: readonly SqlValue[]) => Promise<readonly Row[]>
  readonly run: (sql: string, params: readonly SqlValue[]) => Promise<void>
}

/**
 * Work inside a transaction. It awaits nothing but the transaction itself, and throws to undo what it did.
 * It may run several times; only its last run counts.
 */
export type Work<T> = (transaction: Transaction) => Promise<T>

/** What a store may assume of a work. */
export interface TransactionOptions {
  /**
   * Whether the work finds what an earlier run committed and then changes nothing. Only such work is run again
   * when the connection broke while it was committed: nobody knows then whether it was. Default false.
   */
  readonly repeatable?: boolean
  /**
   * What makes two runs the same work, for example the hash of a call's id. On several clusters, what an earlier
   * run left unfinished under this key is finished first.
   */
  readonly key?: string
  /** The bucket of which, on several clusters, everything unfinished is finished first. */
  readonly settledBucket?: number
}

/** The part of a database that this server uses. Asynchronous, so that a server database fits as well. */
export interface Database {
  readonly read: (sql: string, params: readonly SqlValue[]) => Promise<readonly Row[]>
  /** Does `work` and answers after its changes are on the disk. A throw undoes this work alone. */
  readonly transaction: <T>(work: Work<T>, options?: TransactionOptions) => Promise<T>
}

/** A database that this process has opened. */
export interface Store extends Database {
  /** Finishes what is queued, then closes. Later work is refused. */
  readonly close: () => Promise<void>
}

/** Reads a text column. */
export function textOf(row: Row, column: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw new CallerMemoryError('CM_BUG', `the column ${column} holds no text`)
}

/** Reads a text column that may be empty. */
export function optionalTextOf(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column)
}

/** Reads a count that nobody may have begun: 0 then. */
export function countOf(row: Row, column: string): number {
  return row[column] === null ? 0 : numberOf(row, column)
}

/** Reads a whole number. PostgreSQL drivers hand bigint over as text. */
export function numberOf(row: Row, column: string): number {
  const value = Number(row[column])
  if (row[column] !== null && Number.isSafeInteger(value)) return value
  throw new CallerMemoryError('CM_BUG', `the column ${column} holds no whole number`)
}
