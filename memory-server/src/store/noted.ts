import { numberOf, textOf } from './database.ts'
import type { Row, SqlValue } from './database.ts'

/** An intent as an end told it. */
export interface NotedIntent {
  readonly intent: string
  readonly status: string
}

/** A variable as an end told it. */
export interface NotedVariable {
  readonly value: string
  /** Who said so; null when that was not told. */
  readonly source: string | null
  /** When it is forgotten, epoch milliseconds. */
  readonly expiresAt: number
}

/** What was said on a call. */
export interface Said {
  readonly intents: readonly NotedIntent[]
  readonly variables: Readonly<Record<string, NotedVariable>>
}

/** Columns of a note whose texts were dropped. */
export const NOTHING_SAID: Readonly<Record<string, SqlValue>> = {
  intent: '',
  intent_status: '',
  more_intents: null,
  variables: '{}',
}

/** A plain value has no source and expires with its note; the other form is value, source, expiry. */
type StoredVariable = string | readonly [value: string, source: string | null, expiresAt: number]

/** The columns of a note that hold variables: as JSON, and when the first of them expires. */
export function variableColumns(variables: Said['variables']): [json: string, expiresAt: number] {
  const entries = Object.entries(variables)
  const first = entries.reduce((earliest, [, { expiresAt }]) => Math.min(earliest, expiresAt), Infinity)
  const stored = entries.map(([name, { value, source, expiresAt }]): [string, StoredVariable] => [
    name,
    source === null && expiresAt === first ? value : [value, source, expiresAt],
  ])
  return [JSON.stringify(Object.fromEntries(stored)), entries.length > 0 ? first : 0]
}

/** The columns of a note that hold intents: the first, its status, and the others as JSON. */
export function intentColumns([first, ...others]: readonly NotedIntent[]): [string, string, SqlValue] {
  const more = others.map(({ intent, status }) => [intent, status])
  return [first?.intent ?? '', first?.status ?? '', more.length > 0 ? JSON.stringify(more) : null]
}

/** What a row of a note says. Variables that have expired at `now` are left out. */
export function saidOf(row: Row, now: number): Said {
  return { intents: intentsOf(row), variables: variablesOf(row, now) }
}

function intentsOf(row: Row): NotedIntent[] {
  const intent = textOf(row, 'intent')
  if (intent === '') return []
  const more = row['more_intents'] === null ? '[]' : textOf(row, 'more_intents')
  const others = JSON.parse(more) as readonly (readonly [string, string])[]
  return [
    { intent, status: textOf(row, 'intent_status') },
    ...others.map(([label, status]) => ({ intent: label, status })),
  ]
}

function variablesOf(row: Row, now: number): Record<string, NotedVariable> {
  const expiresWithNote = numberOf(row, 'expires_at')
  const stored = JSON.parse(textOf(row, 'variables')) as Record<string, StoredVariable>
  const variables = Object.entries(stored).map(([name, given]): [string, NotedVariable] => {
    if (typeof given === 'string') return [name, { value: given, source: null, expiresAt: expiresWithNote }]
    const [value, source, expiresAt] = given
    return [name, { value, source, expiresAt }]
  })
  return Object.fromEntries(variables.filter(([, { expiresAt }]) => expiresAt > now))
}
