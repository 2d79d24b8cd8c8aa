import { asFields, fieldOf, isStorable } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'

/** A variable to remember, or to forget when the value is null. */
export interface VariableWrite {
  readonly name: string
  readonly value: string | null
  /** Who says so; absent when the request does not tell. */
  readonly source?: string
  /** How long to remember it; the tenant's or the server's default when absent. */
  readonly ttlSeconds?: number
}

/** How many variables one customer may have. */
export const MAX_VARIABLES = 64

/** How long one value may be, in bytes of UTF-8. */
export const MAX_VARIABLE_BYTES = 4096

/** How short and how long a write may be remembered, in seconds: a minute to 365 days. */
export const MIN_TTL_SECONDS = 60
export const MAX_TTL_SECONDS = 31_536_000

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/
const SOURCE = /^[a-z][a-z0-9_-]{0,31}$/

/** Who writes, and for how long. */
type Origin = Pick<VariableWrite, 'source' | 'ttlSeconds'>

/**
 * Reads `variables`, ordered by name. Numbers and booleans become text; `null` forgets the variable. A value may
 * also stand in an object with a `source` and a time to live of its own; those of the request hold for the others.
 */
export function readVariables(list: IssueList, body: Fields): VariableWrite[] {
  const origin = readOrigin(list, [], body)
  const value = fieldOf(body, 'variables')
  if (value === undefined) return []
  const fields = asFields(value)
  if (fields === undefined) {
    list.add(['variables'], 'variables must be an object of strings')
    return []
  }
  const names = Object.keys(fields).toSorted()
  if (names.length > MAX_VARIABLES) {
    list.add(['variables'], `variables must have at most ${MAX_VARIABLES} entries`)
    return []
  }
  return names.flatMap((name) => readVariable(list, name, fields[name], origin))
}

function readVariable(list: IssueList, name: string, given: unknown, origin: Origin): VariableWrite[] {
  // The name is part of the path, so a refused one is cut to the longest that could have been right.
  const path = ['variables', name.slice(0, 64)]
  if (!NAME.test(name)) {
    list.add(path, 'a variable name is a letter, then up to 63 letters, digits, underscores, dots or hyphens')
    return []
  }
  const fields = asFields(given)
  if (fields === undefined) {
    const value = readValue(list, path, given)
    return value === undefined ? [] : [{ name, value, ...origin }]
  }
  const own = readOrigin(list, path, fields)
  const inside = Object.hasOwn(fields, 'value') ? fields['value'] : undefined
  const value = readValue(list, [...path, 'value'], inside)
  return value === undefined ? [] : [{ name, value, ...origin, ...own }]
}

/** Reads one value; undefined when it is refused. */
function readValue(list: IssueList, path: readonly string[], value: unknown): string | null | undefined {
  if (value === null) return null
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    list.add(path, `${path.join('.')} must be a string, a number, a boolean or null`)
    return undefined
  }
  const text = String(value)
  if (Buffer.byteLength(text) > MAX_VARIABLE_BYTES || !isStorable(text)) {
    list.add(path, `${path.join('.')} must be well-formed text of at most ${MAX_VARIABLE_BYTES} bytes`)
    return undefined
  }
  return text
}

function readOrigin(list: IssueList, path: readonly string[], fields: Fields): Origin {
  const source = readSource(list, [...path, 'source'], fieldOf(fields, 'source'))
  const ttlSeconds = readTtl(list, [...path, 'ttl_seconds'], fieldOf(fields, 'ttl_seconds'))
  return { ...(source !== undefined && { source }), ...(ttlSeconds !== undefined && { ttlSeconds }) }
}

function readSource(list: IssueList, path: readonly string[], value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && SOURCE.test(value))) return value
  const form = 'a small letter, then up to 31 small letters, digits, underscores or hyphens'
  list.add(path, `${path.join('.')} must be ${form}`)
  return undefined
}

function readTtl(list: IssueList, path: readonly string[], value: unknown): number | undefined {
  if (value === undefined) return undefined
  const isWhole = typeof value === 'number' && Number.isInteger(value)
  if (isWhole && value >= MIN_TTL_SECONDS && value <= MAX_TTL_SECONDS) return value
  list.add(path, `${path.join('.')} must be a whole number from ${MIN_TTL_SECONDS} to ${MAX_TTL_SECONDS}`)
  return undefined
}
