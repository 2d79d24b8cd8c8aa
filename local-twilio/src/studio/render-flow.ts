import { isFields } from './read-flow.ts'

/** A flow with its placeholders filled, or every reason why it cannot be. */
export type RenderedFlow =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: readonly string[] }

const PLACEHOLDER = /\$\{([A-Z][A-Z0-9_]*|language|voice|menu|hints|text:\w+)\}/g
// A value stands inside texts that are read again as JSON, Liquid or an address.
const VALUE = /^[\w.:/@%+~-]{1,500}$/
// What is spoken is read as Liquid and as SSML.
const SPOKEN = /^[^{}<>&\p{C}]{1,2000}$/u

/** The names of the placeholders in a flow, in the order in which they first stand there. */
export function placeholdersIn(value: unknown): readonly string[] {
  const text = JSON.stringify(value) ?? ''
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), ([, name = '']) => name))]
}

/** Fills `${NAME}` and `${text:name}` in the texts of a flow. In a key, or without a value, a placeholder is a problem. */
export function renderFlow(value: unknown, values: Readonly<Record<string, unknown>>): RenderedFlow {
  const problems: string[] = []
  for (const name of placeholdersIn(value)) {
    const given = values[name]
    if (given === undefined) problems.push(`${name}: has no value`)
    else if (typeof given !== 'string' || !formOf(name).test(given))
      problems.push(`${name}: ${expectedOf(name)}`)
  }
  for (const key of keysIn(value)) {
    if (new RegExp(PLACEHOLDER.source).test(key))
      problems.push(`${key}: a placeholder may not stand in a key`)
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: fill(value, values) }
}

const isSpoken = (name: string): boolean => /^[a-z]/.test(name)
const formOf = (name: string): RegExp => (isSpoken(name) ? SPOKEN : VALUE)

function expectedOf(name: string): string {
  return isSpoken(name)
    ? 'expected a sentence without { } < > &; one with a gap to fill in can only be spoken by the functions'
    : 'expected a text of letters, digits and . : / @ % + ~ -'
}

function fill(value: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string')
    return value.replace(PLACEHOLDER, (_all, name: string) => String(values[name]))
  if (Array.isArray(value)) return value.map((item) => fill(item, values))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, values)]))
}

function keysIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(keysIn)
  if (!isFields(value)) return []
  return Object.entries(value).flatMap(([key, item]) => [key].concat(keysIn(item)))
}
