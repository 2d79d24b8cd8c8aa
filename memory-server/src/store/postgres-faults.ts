import { CallerMemoryError } from '../../../src/errors.ts'

/**
 * What a failure of PostgreSQL means for the transaction it ended:
 * - `conflict`: it was undone because of another one; the same work may succeed now.
 * - `lost`: the connection is of no use any more, or its server cannot write.
 * - `final`: another try would end the same way.
 */
export type PostgresFailure = 'conflict' | 'lost' | 'final'

// 40001 and 40P01 by their definition. 55P03: a lock that could not be had in time. 23505: another transaction made
// the row first, so that the work finds it the next time. 23505, 42P07 and 42710 also come when two servers make
// one table at once, in spite of IF NOT EXISTS (observed 2026-11, PostgreSQL 18).
const CONFLICTS = new Set(['40001', '40P01', '55P03', '23505', '42P07', '42710'])

// 25006: the server has become a standby. 25P03: it closed a transaction that stood idle. 53300: it has no
// connection left. 40003: it cannot tell how the statement ended. 08 and 57P0 are connections and shutdowns.
const LOST = /^(?:08...|57P0.|25006|25P03|53300|40003)$/

const SQLSTATE = /^[0-9A-Z]{5}$/

/** The code that PostgreSQL or the operating system gave; undefined when there is none. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z_]{3,40}$/.test(code) ? code : undefined
}

/** What a failure means. What has no SQLSTATE never came from the server: the connection failed. */
export function postgresFailureOf(error: unknown): PostgresFailure {
  const code = codeOf(error)
  if (code === undefined || !SQLSTATE.test(code) || LOST.test(code)) return 'lost'
  return CONFLICTS.has(code) ? 'conflict' : 'final'
}

/** The failure as a coded fault. The driver's message is left out: it may quote a value or the address. */
export function postgresFault(error: unknown): CallerMemoryError {
  if (error instanceof CallerMemoryError) return error
  const code = codeOf(error)
  const message =
    code !== undefined && SQLSTATE.test(code)
      ? `the database failed with SQLSTATE ${code}`
      : `the database cannot be reached: ${code ?? 'the connection broke or was too slow'}`
  return new CallerMemoryError('CM_STORE_UNAVAILABLE', message, { databaseCode: code ?? 'CONNECTION' })
}
