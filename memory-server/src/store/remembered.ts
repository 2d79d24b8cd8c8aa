import type { OpenIntent, Variable } from '../../../src/contract.ts'
import type { IntentWrite } from '../request/intent.ts'
import { customerKey } from './customers.ts'
import { numberOf, optionalTextOf, textOf } from './database.ts'
import type { Row } from './database.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** A variable to keep until a time, in epoch milliseconds. */
export interface VariableRecord {
  readonly name: string
  readonly value: string
  readonly source: string | null
  readonly expiresAt: number
}

/** The span in which an intent that was touched is still open, in epoch milliseconds. */
export interface OpenSpan {
  readonly now: number
  /** An intent that was not touched after this has expired. */
  readonly openSince: number
}

/** Finds why the customer called and what is neither settled nor expired, the newest first, at most 50. */
export async function findOpenIntents(
  scope: Scope,
  customerRef: string,
  { openSince }: Pick<OpenSpan, 'openSince'>,
): Promise<OpenIntent[]> {
  const key = customerKey(scope, customerRef)
  const rows = await scope.transaction.read(STATEMENTS.findOpenIntents, [...key, openSince])
  return rows.map((row) => ({
    intent: textOf(row, 'intent'),
    status: textOf(row, 'status'),
    attempt_count: numberOf(row, 'attempt_count'),
  }))
}

/**
 * Records how a call's intent ended. Open once more counts an attempt; open again after being settled or expired
 * is the first.
 */
export async function saveIntent(
  scope: Scope,
  customerRef: string,
  { intent, status }: IntentWrite,
  { now, openSince }: OpenSpan,
): Promise<void> {
  const attempts = status === 'open' ? 1 : 0
  const key = customerKey(scope, customerRef)
  await scope.transaction.run(STATEMENTS.saveIntent, [...key, intent, status, attempts, now, openSince])
}

/** Finds the variables that have not expired at `now`, in the form of an answer. */
export async function findVariables(
  scope: Scope,
  customerRef: string,
  now: number,
): Promise<Record<string, Variable>> {
  const key = customerKey(scope, customerRef)
  const rows = await scope.transaction.read(STATEMENTS.findLiveVariables, [...key, now])
  const variableOf = (row: Row): Variable => ({
    value: textOf(row, 'value'),
    source: optionalTextOf(row, 'source'),
    ttl_seconds: Math.ceil((numberOf(row, 'expires_at') - now) / 1000),
  })
  return Object.fromEntries(rows.map((row) => [textOf(row, 'name'), variableOf(row)]))
}

/** Finds the names of the variables that one source wrote and that have not expired at `now`. */
export async function findNamesOf(
  scope: Scope,
  customerRef: string,
  source: string,
  now: number,
): Promise<ReadonlySet<string>> {
  const params = [...customerKey(scope, customerRef), source, now]
  const rows = await scope.transaction.read(STATEMENTS.findLiveNamesOf, params)
  return new Set(rows.map((row) => textOf(row, 'name')))
}

/** Writes a variable over what was there. */
export async function saveVariable(
  scope: Scope,
  customerRef: string,
  { name, value, source, expiresAt }: VariableRecord,
  now: number,
): Promise<void> {
  const key = customerKey(scope, customerRef)
  await scope.transaction.run(STATEMENTS.saveVariable, [...key, name, value, now, expiresAt, source])
}

/** Forgets a variable. */
export async function deleteVariable(scope: Scope, customerRef: string, name: string): Promise<void> {
  await scope.transaction.run(STATEMENTS.deleteVariable, [...customerKey(scope, customerRef), name])
}

/** Removes what has expired at `now`. */
export async function deleteExpiredVariables(scope: Scope, customerRef: string, now: number): Promise<void> {
  await scope.transaction.run(STATEMENTS.deleteExpiredVariables, [...customerKey(scope, customerRef), now])
}
