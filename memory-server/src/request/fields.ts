import type { ErrorIssue } from '../../../src/contract.ts'

/** A JSON object whose fields have not been checked yet. */
export type Fields = Readonly<Record<string, unknown>>

/** The value as a JSON object; undefined when it is anything else, a list included. */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

/** A field of an object, own properties only. `null` counts as left out: form tools send it for "nothing". */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined
}

/** What is wrong with a request, gathered so that the answer lists every problem. */
export interface IssueList {
  readonly issues: readonly ErrorIssue[]
  readonly add: (path: readonly string[], message: string) => void
}

/** Starts an empty list of problems. */
export function createIssueList(): IssueList {
  const issues: ErrorIssue[] = []
  return { issues, add: (path, message) => void issues.push({ path, message }) }
}

/** Reads an optional text of 1 to `maxLength` characters; anything else given is a problem. */
export function readText(
  list: IssueList,
  path: readonly string[],
  value: unknown,
  maxLength: number,
): string | undefined {
  if (value === undefined) return undefined
  const name = path.join('.')
  if (typeof value !== 'string') {
    list.add(path, `${name} must be a string`)
  } else if (value.length === 0 || value.length > maxLength) {
    list.add(path, `${name} must be 1 to ${maxLength} characters long`)
  } else if (!isStorable(value)) {
    list.add(path, `${name} must be well-formed text without NUL characters`)
  } else {
    return value
  }
  return undefined
}

/** Reads an optional word out of a fixed list; anything else given is a problem. */
export function readWord<Word extends string>(
  list: IssueList,
  path: readonly string[],
  value: unknown,
  words: readonly Word[],
): Word | undefined {
  if (value === undefined) return undefined
  const word = words.find((candidate) => candidate === value)
  if (word === undefined) list.add(path, `${path.join('.')} must be one of ${words.join(', ')}`)
  return word
}

/** Whether a database can hold the text unchanged: PostgreSQL refuses NUL, UTF-8 has no lone surrogates. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text)
}
