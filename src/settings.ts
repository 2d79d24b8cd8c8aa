import { CallerMemoryError } from './errors.ts'

/** The outcome of reading one text as a value. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  /** `where` says which part is wrong, in words that show nothing of a secret. */
  | { readonly ok: false; readonly where?: string }

/** One setting: everything that is known of it stands here once. */
export interface Setting<T> {
  /** Name of the environment variable. */
  readonly name: string
  readonly parse: (text: string) => Parsed<T>
  /** The form that is expected, to complete the sentence "expected ...". */
  readonly expected: string
  readonly example: string
  /** Text used when the variable is unset or empty. A setting without one is required. */
  readonly defaultText?: string
  /** A secret's value never appears in a message or a document. */
  readonly secret?: boolean
  /** What it is for, in one sentence. */
  readonly summary: string
}

/** The settings that make up `Values`, one per property. */
export type SettingsTable<Values> = { readonly [Key in keyof Values]: Setting<Values[Key]> }

/** A rule over several settings: the problems it finds, as messages. */
export type SettingsRule<Values> = (values: Values) => readonly string[]

/**
 * Reads every setting of `table` from `environment`. An empty text counts as unset.
 *
 * @throws CM_CONFIG_INVALID with one line per problem, all at once, each naming the variable and the expected form.
 */
export function readSettings<Values extends object>(
  table: SettingsTable<Values>,
  environment: Readonly<Record<string, unknown>>,
  rule: SettingsRule<Values> = () => [],
): Readonly<Values> {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries<Setting<unknown>>(table)) {
    const outcome = readOne(setting, environment[setting.name])
    if (outcome.ok) values[key] = outcome.value
    else problems.push(outcome.problem)
  }
  if (problems.length === 0) problems.push(...rule(values as Values))
  if (problems.length > 0) {
    const list = problems.map((problem) => `  ${problem}`).join('\n')
    throw new CallerMemoryError('CM_CONFIG_INVALID', `the configuration has problems:\n${list}`)
  }
  return Object.freeze(values as Values)
}

type Outcome = { ok: true; value: unknown } | { ok: false; problem: string }

function readOne(setting: Setting<unknown>, given: unknown): Outcome {
  const text = typeof given === 'string' && given.trim() !== '' ? given.trim() : setting.defaultText
  const form = `expected ${setting.expected}, for example ${setting.example}`
  if (text === undefined) return { ok: false, problem: `${setting.name}: is not set; ${form}` }
  const parsed = setting.parse(text)
  if (parsed.ok) return parsed
  const shown = setting.secret ? `a value of ${text.length} characters` : JSON.stringify(text.slice(0, 60))
  const place = parsed.where === undefined ? '' : `, wrong at ${parsed.where}`
  return { ok: false, problem: `${setting.name}: got ${shown}${place}; ${form}` }
}

const refused = { ok: false } as const

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number): (text: string) => Parsed<number> {
  return (text) => {
    const value = Number(text)
    const fits = /^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min && value <= max
    return fits ? { ok: true, value } : refused
  }
}

/** A probability: a decimal from 0 to 1. */
export function probability(text: string): Parsed<number> {
  const value = Number(text)
  return /^\d*\.?\d+$/.test(text) && value <= 1 ? { ok: true, value } : refused
}

/** An http(s) address without a trailing slash, a query or credentials. */
export function httpUrl(text: string): Parsed<string> {
  if (!URL.canParse(text)) return refused
  const url = new URL(text)
  const plain = url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (!plain || !['http:', 'https:'].includes(url.protocol)) return refused
  return { ok: true, value: text.replace(/\/+$/, '') }
}

/** A text that matches `pattern` as a whole. */
export function matching(pattern: RegExp): (text: string) => Parsed<string> {
  return (text) => (pattern.test(text) ? { ok: true, value: text } : refused)
}

/** A comma-separated list whose items each match `pattern`; an empty list is written `none`. */
export function listOf(pattern: RegExp): (text: string) => Parsed<readonly string[]> {
  return (text) => {
    if (text === 'none') return { ok: true, value: [] }
    const items = text.split(',').map((item) => item.trim())
    return items.every((item) => pattern.test(item)) ? { ok: true, value: items } : refused
  }
}

/** Some of these words, divided by commas; none of them is written `none`. */
export function wordsOf<Word extends string>(
  words: readonly Word[],
): (text: string) => Parsed<readonly Word[]> {
  return (text) => {
    if (text === 'none') return { ok: true, value: [] }
    const items = text.split(',').map((item) => words.find((word) => word === item.trim()))
    const known = items.filter((item) => item !== undefined)
    return known.length === items.length ? { ok: true, value: known } : refused
  }
}

/** One of these words. */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Parsed<Word> {
  return (text) => {
    const value = words.find((word) => word === text)
    return value === undefined ? refused : { ok: true, value }
  }
}
