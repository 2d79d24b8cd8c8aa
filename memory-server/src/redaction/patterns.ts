import type { Parsed } from '../../../src/settings.ts'

/** A configured pattern: what it finds is replaced by its name in square brackets. */
export interface RedactionPattern {
  readonly name: string
  readonly expression: RegExp
}

const MAX_PATTERNS = 20
const MAX_LENGTH = 200
const MIN_MATCH_LENGTH = 3
const MAX_MATCH_LENGTH = 64
const MAX_WAYS = 16

const ENTRY = /^([a-z][a-z0-9_]{0,23})=(.+)$/
const RESERVED: ReadonlySet<string> = new Set(['card', 'cvv', 'ssn', 'iban', 'redacted'])

// One character, then how often. No groups, no alternatives, nothing unbounded, nothing that looks back or ahead.
const ANCHOR = String.raw`\\b|\^|\$`
const CHARACTER = String.raw`\\[dDwWsS]|\\x[0-9A-Fa-f]{2}|\\[^A-Za-z0-9\s]|\[\^?(?:\\.|[^\]\\])+\]|[^\\[\](){}*+?|^$]`
const REPEAT = String.raw`\?|\{\d{1,3}(?:,\d{1,3})?\}`
const WHOLE = new RegExp(`^(?:${ANCHOR}|(?:${CHARACTER})(?:${REPEAT})?)+$`)
const PART = new RegExp(`${ANCHOR}|(?:${CHARACTER})(${REPEAT})?`, 'g')

/**
 * Reads a list of named patterns, `name=pattern`, divided by semicolons (`\x3b` is a semicolon inside a pattern);
 * `none` is the empty list. A name may come more than once.
 *
 * Only patterns that cannot run long are taken, for there is no way to interrupt one: a sequence of characters and
 * classes, each with `?`, `{n}` or `{n,m}`; 3 to 64 characters long; and the ranges of its repetitions multiply
 * to 16 ways at most. Alternatives are entries of their own.
 */
export function redactionPatterns(text: string): Parsed<readonly RedactionPattern[]> {
  if (text === 'none') return { ok: true, value: [] }
  const patterns = text.split(';').map((entry) => readPattern(entry.trim()))
  const known = patterns.filter((pattern) => pattern !== undefined)
  const ok = known.length === patterns.length && known.length <= MAX_PATTERNS
  return ok ? { ok, value: known } : { ok: false }
}

function readPattern(entry: string): RedactionPattern | undefined {
  const [, name = '', source = ''] = ENTRY.exec(entry) ?? []
  if (name === '' || RESERVED.has(name) || source.length > MAX_LENGTH || !isBounded(source)) return undefined
  try {
    return { name, expression: new RegExp(source, 'giu') }
  } catch {
    return undefined
  }
}

/** Whether every match is neither tiny nor long, and there are few ways to try at any place. */
function isBounded(source: string): boolean {
  if (!WHOLE.test(source)) return false
  let shortest = 0
  let longest = 0
  let ways = 1
  for (const { 0: part, 1: repeat } of source.matchAll(PART)) {
    if (['\\b', '^', '$'].includes(part)) continue
    const { min, max } = rangeOf(repeat)
    shortest += min
    longest += max
    ways *= max - min + 1
    if (max < min) return false
  }
  return shortest >= MIN_MATCH_LENGTH && longest <= MAX_MATCH_LENGTH && ways <= MAX_WAYS
}

function rangeOf(repeat: string | undefined): { min: number; max: number } {
  if (repeat === undefined) return { min: 1, max: 1 }
  if (repeat === '?') return { min: 0, max: 1 }
  const [min = 0, max = min] = repeat.slice(1, -1).split(',').map(Number)
  return { min, max }
}
