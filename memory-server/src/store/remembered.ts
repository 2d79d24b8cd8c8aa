import type { OpenIntent, Variable } from '../../../src/contract.ts'
import type { IntentWrite } from '../request/intent.ts'
import { customerKey } from './customers.ts'
import { numberOf, textOf } from './database.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** A variable to keep until a time, in epoch milliseconds. */
export interface VariableRecord {
  readonly name: string
  readonly value: string
  readonly expiresAt: number
}

/** Finds why the customer called and what is not settled, the newest first, at most 50. */
export async function findOpenIntents(scope: Scope, customerRef: string): Promise<OpenIntent[]> {
  const key = customerKey(scope, customerRef)
  const rows = await scope.transaction.read(STATEMENTS.findOpenIntents, key)
  return rows.map((row) => ({
    intent: textOf(row, 'intent'),
    status: textOf(row, 'status'),
    attempt_count: numberOf(row, 'attempt_count'),
  }))
}

/** Records how a call's intent ended. Open once more counts an attempt; open again after being settled is the first. */
export async function saveIntent(
  scope: Scope,
  customerRef: string,
  { intent, status }: IntentWrite,
  now: number,
): Promise<void> {
  const attempts = status === 'open' ? 1 : 0
  const key = customerKey(scope, customerRef)
  await scope.transaction.run(STATEMENTS.saveIntent, [...key, intent, status, attempts, now])
}

/** Finds the variables that have not expired at `now`, in the form of an answer. */
export async function findVariables(
  scope: Scope,
  customerRef: string,
  now: number,
): Promise<Record<string, Variable>> {
  const key = customerKey(scope, customerRef)
  const rows = await scope.transaction.read(STATEMENTS.findLiveVariables, [...key, now])
  const remembered = (expiresAt: number, value: string): Variable => ({
    value,
    source: null,
    ttl_seconds: Math.ceil((expiresAt - now) / 1000),
  })
  return Object.fromEntries(
    rows.map((row) => [textOf(row, 'name'), remembered(numberOf(row, 'expires_at'), textOf(row, 'value'))]),
  )
}

/** Writes a variable over what was there. */
export async function saveVariable(
  scope: Scope,
  customerRef: string,
  { name, value, expiresAt }: VariableRecord,
  now: number,
): Promise<void> {
  const key = customerKey(scope, customerRef)
  await scope.transaction.run(STATEMENTS.saveVariable, [...key, name, value, now, expiresAt])
}

/** Forgets a variable. */
export async function deleteVariable(scope: Scope, customerRef: string, name: string): Promise<void> {
  await scope.transaction.run(STATEMENTS.deleteVariable, [...customerKey(scope, customerRef), name])
}

/** Removes what has expired at `now`. */
export async function deleteExpiredVariables(scope: Scope, customerRef: string, now: number): Promise<void> {
  await scope.transaction.run(STATEMENTS.deleteExpiredVariables, [...customerKey(scope, customerRef), now])
}
