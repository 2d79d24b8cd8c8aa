import { asText } from './flow.ts'
import type { AssumedAnswers } from './engine/open-questions.ts'
import { answerTo } from './engine/run-end.ts'

type Test = (input: string, value: string) => boolean

const listOf = (text: string): readonly string[] => text.split(',').map((item) => item.trim())
const TIME = /^\d\d:\d\d$/
const DATE = /^\d{4}-\d\d-\d\d$/
const both = (form: RegExp, a: string, b: string): boolean => form.test(a) && form.test(b)

// Compared without case and without space at either end; both sides come so.
const TEXT_TESTS: Readonly<Record<string, Test>> = {
  equal_to: (input, value) => input === value,
  not_equal_to: (input, value) => input !== value,
  matches_any_of: (input, value) => listOf(value).includes(input),
  does_not_match_any_of: (input, value) => !listOf(value).includes(input),
  is_blank: (input) => input === '',
  is_not_blank: (input) => input !== '',
  contains: (input, value) => input.includes(value),
  does_not_contain: (input, value) => !input.includes(value),
  starts_with: (input, value) => input.startsWith(value),
  does_not_start_with: (input, value) => !input.startsWith(value),
  is_before_time: (input, value) => both(TIME, input, value) && input < value,
  is_after_time: (input, value) => both(TIME, input, value) && input > value,
  is_before_date: (input, value) => both(DATE, input, value) && input < value,
  is_after_date: (input, value) => both(DATE, input, value) && input > value,
}

/**
 * Whether a condition of a split holds for an input, which keeps its type: a number compares as a number.
 *
 * @throws OpenQuestionMet for a number that is a text.
 */
export function holds(type: string, input: unknown, value: string, assumed: AssumedAnswers = {}): boolean {
  const shown = shownText(input)
  const test = TEXT_TESTS[type]
  if (test) return test(shown.toLowerCase(), value.trim().toLowerCase())
  if (type === 'regex') return wholeMatch(shown, value.trim())
  if (type === 'less_than' || type === 'greater_than') return compares(type, input, value, assumed)
  return false
}

/** A value as a template prints it, without space at either end. */
export function shownText(value: unknown): string {
  return asText(value).trim()
}

// The whole text, without case; what does not compile never matches (reported by Studio's users, 2026-11).
function wholeMatch(input: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'is').test(input)
  } catch {
    return false
  }
}

function compares(type: string, input: unknown, value: string, assumed: AssumedAnswers): boolean {
  const limit = numberIn(value)
  const number = typeof input === 'number' ? input : numberIn(shownText(input))
  if (limit === undefined || number === undefined) return false
  if (typeof input !== 'number') {
    const how = answerTo(assumed, 'numeric-string', `${type} of the text ${JSON.stringify(input)}`)
    if (how === 'never-matches') return false
  }
  return type === 'less_than' ? number < limit : number > limit
}

function numberIn(text: string): number | undefined {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text.trim()) ? Number(text) : undefined
}
