import { payloadInvalid } from '../request/body.ts'
import { MAX_VARIABLES } from '../request/variables.ts'
import type { VariableWrite } from '../request/variables.ts'
import type { NotedVariable } from '../store/noted.ts'
import {
  deleteExpiredVariables,
  deleteVariable,
  findNamesOf,
  findVariables,
  saveVariable,
} from '../store/remembered.ts'
import type { Scope } from '../store/scope.ts'
import type { Retention } from '../tenants/retention.ts'
import { AGENT, isKeptBack, IVR } from './precedence.ts'

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
  await deleteExpiredVariables(scope, customerRef, now)
  const writes = await withoutKeptBack(scope, customerRef, variables, now)
  for (const write of writes) {
    const { name, value, source = null } = write
    const expiresAt = expiryOf(retention, write, now)
    if (value === null) await deleteVariable(scope, customerRef, name)
    else await saveVariable(scope, customerRef, { name, value, source, expiresAt }, now)
  }
  const total = Object.keys(await findVariables(scope, customerRef, now)).length
  if (total > MAX_VARIABLES) {
    const message = `the customer would have ${total} variables; at most ${MAX_VARIABLES} are kept`
    throw payloadInvalid([{ path: ['variables'], message }])
  }
  const forgotten = writes.filter(({ value }) => value === null).map(({ name }) => name)
  return { updated: writes.length, kept: variables.length - writes.length, forgotten: new Set(forgotten) }
}

async function withoutKeptBack(
  scope: Scope,
  customerRef: string,
  variables: readonly VariableWrite[],
  now: number,
): Promise<readonly VariableWrite[]> {
  if (!variables.some(({ source }) => source === IVR)) return variables
  const byAgent = await findNamesOf(scope, customerRef, AGENT, now)
  return variables.filter(({ name, source }) => !isKeptBack(byAgent.has(name) ? AGENT : null, source))
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
