import { payloadInvalid } from '../request/body.ts'
import { MAX_VARIABLES } from '../request/variables.ts'
import type { VariableWrite } from '../request/variables.ts'
import type { NotedVariable } from '../store/noted.ts'
import {
  deleteExpiredVariables,
  deleteVariable,
  findVariableMarks,
  measureVariables,
  writeVariables,
} from '../store/remembered.ts'
import type { VariableMark, VariableMeasure, VariableRecord } from '../store/remembered.ts'
import type { Scope } from '../store/scope.ts'
import type { Retention } from '../tenants/retention.ts'
import { isKeptBack, IVR } from './precedence.ts'

/** What became of the variables of an end. */
export interface SavedVariables {
  /** How many names were written or forgotten. */
  readonly updated: number
  /** How many names stayed as an agent wrote them. */
  readonly kept: number
  /** The names that are to be forgotten. */
  readonly forgotten: ReadonlySet<string>
}

/**
 * Writes the variables of an end. What an agent wrote and has not expired stays when the IVR writes or forgets it.
 *
 * @throws CM_PAYLOAD_INVALID when the customer would have too many variables.
 */
export async function saveVariables(
  retention: Retention,
  scope: Scope,
  customerRef: string,
  variables: readonly VariableWrite[],
  now: number,
): Promise<SavedVariables> {
  if (variables.length === 0) return { updated: 0, kept: 0, forgotten: new Set() }
  const mayStay = variables.some(({ source }) => source === IVR)
  const writes = mayStay
    ? withoutKeptBack(await findVariableMarks(scope, customerRef), variables, now)
    : variables
  const records = writes.flatMap((write): VariableRecord[] => {
    const { name, value, source = null } = write
    return value === null ? [] : [{ name, value, source, expiresAt: expiryOf(retention, write, now) }]
  })
  const forgotten = new Set(writes.filter(({ value }) => value === null).map(({ name }) => name))
  const [before] = await Promise.all([
    measureVariables(scope, customerRef),
    writeVariables(scope, customerRef, records, now),
    ...Array.from(forgotten, (name) => deleteVariable(scope, customerRef, name)),
  ])
  await keepInBounds(scope, customerRef, before, records.length, now)
  return { updated: writes.length, kept: variables.length - writes.length, forgotten }
}

/** Removes what has expired, and refuses more than is kept. Most customers have neither. */
async function keepInBounds(
  scope: Scope,
  customerRef: string,
  before: VariableMeasure,
  written: number,
  now: number,
): Promise<void> {
  if (before.soonest !== null && before.soonest <= now) await deleteExpiredVariables(scope, customerRef, now)
  if (before.stored + written <= MAX_VARIABLES) return
  const { stored } = await measureVariables(scope, customerRef)
  if (stored <= MAX_VARIABLES) return
  const message = `the customer would have ${stored} variables; at most ${MAX_VARIABLES} are kept`
  throw payloadInvalid([{ path: ['variables'], message }])
}

function withoutKeptBack(
  marks: ReadonlyMap<string, VariableMark>,
  variables: readonly VariableWrite[],
  now: number,
): readonly VariableWrite[] {
  return variables.filter(({ name, source }) => {
    const held = marks.get(name)
    return !isKeptBack(held && held.expiresAt > now ? held.source : null, source)
  })
}

/** What was said, in the form of a note. What was kept back was said as well. */
export function notedVariables(
  retention: Retention,
  variables: readonly VariableWrite[],
  now: number,
): Record<string, NotedVariable> {
  const said = variables.flatMap((write): [string, NotedVariable][] => {
    const { name, value, source = null } = write
    return value === null ? [] : [[name, { value, source, expiresAt: expiryOf(retention, write, now) }]]
  })
  return Object.fromEntries(said)
}

function expiryOf({ variableTtlMs }: Retention, { ttlSeconds }: VariableWrite, now: number): number {
  return now + (ttlSeconds === undefined ? variableTtlMs : ttlSeconds * 1000)
}
