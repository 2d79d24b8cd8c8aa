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

/** What is remembered of a customer, in the form of an answer. */
export interface Remembered {
  /** Why the customer called and what is neither settled nor expired, the newest first, at most 50. */
  readonly openIntents: OpenIntent[]
  /** The variables that have not expired. */
  readonly variables: Record<string, Variable>
}

const VARIABLE_KIND = 1

/** Finds what is remembered of a customer. */
export async function findRemembered(
  scope: Scope,
  customerRef: string,
  { now, openSince }: OpenSpan,
): Promise<Remembered> {
  const params = [...customerKey(scope, customerRef), now, openSince]
  const rows = await scope.transaction.read(STATEMENTS.findRemembered, params)
  const [variables, intents]: [Row[], Row[]] = [[], []]
  for (const row of rows) (numberOf(row, 'kind') === VARIABLE_KIND ? variables : intents).push(row)
  const variableOf = (row: Row): Variable => ({
    value: textOf(row, 'said'),
    source: optionalTextOf(row, 'source'),
    ttl_seconds: Math.ceil((numberOf(row, 'number') - now) / 1000),
  })
  return {
    openIntents: intents.toSorted(newestFirst).map((row) => ({
      intent: textOf(row, 'name'),
      status: textOf(row, 'said'),
      attempt_count: numberOf(row, 'number'),
    })),
    variables: Object.fromEntries(
      variables.toSorted(byName).map((row) => [textOf(row, 'name'), variableOf(row)]),
    ),
  }
}

function newestFirst(a: Row, b: Row): number {
  return numberOf(b, 'changed_at') - numberOf(a, 'changed_at') || byName(a, b)
}

function byName(a: Row, b: Row): number {
  return textOf(a, 'name') < textOf(b, 'name') ? -1 : 1
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

/** A stored variable without its value. */
export interface VariableMark {
  readonly source: string | null
  /** Epoch milliseconds; it may lie in the past. */
  readonly expiresAt: number
}

/** Finds which variables of a customer are stored, by name, expired or not. */
export async function findVariableMarks(
  scope: Scope,
  customerRef: string,
): Promise<ReadonlyMap<string, VariableMark>> {
  const rows = await scope.transaction.read(STATEMENTS.findVariableMarks, customerKey(scope, customerRef))
  return new Map(rows.map((row) => [textOf(row, 'name'), markOf(row)]))
}

function markOf(row: Row): VariableMark {
  return { source: optionalTextOf(row, 'source'), expiresAt: numberOf(row, 'expires_at') }
}

/** How many variables of a customer are stored, expired or not. */
export interface VariableMeasure {
  readonly stored: number
  /** When the first of them expires, epoch milliseconds; null when there is none. It may lie in the past. */
  readonly soonest: number | null
}

/** Measures what is stored of a customer's variables. */
export async function measureVariables(scope: Scope, customerRef: string): Promise<VariableMeasure> {
  const key = customerKey(scope, customerRef)
  const [row] = await scope.transaction.read(STATEMENTS.measureVariables, key)
  if (!row) return { stored: 0, soonest: null }
  return {
    stored: numberOf(row, 'stored'),
    soonest: row['soonest'] === null ? null : numberOf(row, 'soonest'),
  }
}

// How many variables each statement writes.
const PORTIONS = [
  { size: 16, statement: STATEMENTS.saveSixteenVariables },
  { size: 4, statement: STATEMENTS.saveFourVariables },
  { size: 1, statement: STATEMENTS.saveVariable },
] as const

/** Writes variables over what was there. No name may come twice. */
export async function writeVariables(
  scope: Scope,
  customerRef: string,
  variables: readonly VariableRecord[],
  now: number,
): Promise<void> {
  const key = customerKey(scope, customerRef)
  const writes: Promise<void>[] = []
  let from = 0
  for (const { size, statement } of PORTIONS) {
    for (; variables.length - from >= size; from += size) {
      const portion = variables.slice(from, from + size)
      const rows = portion.flatMap(({ name, value, expiresAt, source }) => [name, value, expiresAt, source])
      writes.push(scope.transaction.run(statement, [...key, now, ...rows]))
    }
  }
  await Promise.all(writes)
}

/** Forgets a variable. */
export async function deleteVariable(scope: Scope, customerRef: string, name: string): Promise<void> {
  await scope.transaction.run(STATEMENTS.deleteVariable, [...customerKey(scope, customerRef), name])
}

/** Removes what has expired at `now`. */
export async function deleteExpiredVariables(scope: Scope, customerRef: string, now: number): Promise<void> {
  await scope.transaction.run(STATEMENTS.deleteExpiredVariables, [...customerKey(scope, customerRef), now])
}
