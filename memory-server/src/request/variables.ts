import { asFields, fieldOf, isStorable } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'

/** A variable to remember, or to forget when the value is null. */
export interface VariableWrite {
  readonly name: string
  readonly value: string | null
}

/** How many variables one customer may have. */
export const MAX_VARIABLES = 64

/** How long one value may be, in bytes of UTF-8. */
export const MAX_VARIABLE_BYTES = 4096

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/

/** Reads `variables`, ordered by name. Numbers and booleans become text; `null` forgets the variable. */
export function readVariables(list: IssueList, body: Fields): VariableWrite[] {
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
  return names.flatMap((name) => readVariable(list, name, fields[name]))
}

function readVariable(list: IssueList, name: string, value: unknown): VariableWrite[] {
  // The name is part of the path, so a refused one is cut to the longest that could have been right.
  const path = ['variables', name.slice(0, 64)]
  if (!NAME.test(name)) {
    list.add(path, 'a variable name is a letter, then up to 63 letters, digits, underscores, dots or hyphens')
    return []
  }
  if (value === null) return [{ name, value: null }]
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    list.add(path, `${path.join('.')} must be a string, a number, a boolean or null`)
    return []
  }
  const text = String(value)
  if (Buffer.byteLength(text) > MAX_VARIABLE_BYTES || !isStorable(text)) {
    list.add(path, `${path.join('.')} must be well-formed text of at most ${MAX_VARIABLE_BYTES} bytes`)
    return []
  }
  return [{ name, value: text }]
}
