import type { Condition, State } from '../flow.ts'
import { type Finding, type Report, reporter } from './finding.ts'
import type { LintSubject } from './subject.ts'

/** Splits: conditions that can never hold, or that compare something else than they seem to. */
export function splitFindings({ flow, reachable }: LintSubject): readonly Finding[] {
  const found: Finding[] = []
  for (const state of flow.states) {
    if (state.type !== 'split-based-on' || !reachable.has(state.name)) continue
    state.transitions.forEach(({ conditions = [] }, index) => {
      for (const condition of conditions) checkCondition(state, condition, index, found)
    })
    checkOverlaps(state, found)
  }
  return found
}

function checkCondition(state: State, condition: Condition, index: number, found: Finding[]): void {
  const at = `transitions[${index}].conditions[0]`
  const fail = reporter(found, 'error', state.name)
  const warn = reporter(found, 'warning', state.name)
  const [argument] = condition.arguments ?? []
  const { input } = state.properties
  if (argument !== undefined && argument !== input) {
    const why =
      "the condition's argument is not the split's input; which one Studio compares is not documented"
    fail('split-argument', `${at}.arguments`, why, "repeat the split's input")
  }
  if (condition.type === 'less_than' || condition.type === 'greater_than') {
    checkNumber(condition, argument ?? (typeof input === 'string' ? input : ''), at, fail, warn)
  }
  if (condition.type === 'regex') checkPattern(condition.value, at, fail)
  const isList = condition.type === 'matches_any_of' || condition.type === 'does_not_match_any_of'
  if (isList && condition.value.split(',').some((one) => one.trim() === '')) {
    fail(
      'empty-alternative',
      `${at}.value`,
      'a comma leaves an empty alternative, which nothing matches',
      'remove it',
    )
  }
}

function checkNumber(
  { type, value }: Condition,
  input: string,
  at: string,
  fail: Report,
  warn: Report,
): void {
  if (!/^\s*[+-]?\d+(?:\.\d+)?\s*$/.test(value) && !value.includes('{{')) {
    fail(
      'numeric-value',
      `${at}.value`,
      `${type} needs a number, not "${value.slice(0, 30)}"`,
      'write a number',
    )
  }
  if (/\|\s*plus:\s*0\s*\}\}/.test(input)) return
  const why = `${type} may not compare a number that is a text`
  warn('numeric-split', `${at}.arguments`, why, 'split on a word, or make it a number: {{ x | plus: 0 }}')
}

function checkPattern(pattern: string, at: string, fail: Report): void {
  const path = `${at}.value`
  try {
    RegExp(pattern)
  } catch {
    return fail('regex', path, 'the pattern does not compile and never matches', 'mend the pattern')
  }
  if (/^\/.*\/\w*$/.test(pattern)) fail('regex', path, 'slashes belong to the pattern', 'leave them out')
  if (hasBareAlternation(pattern)) {
    const why = 'the pattern must match the whole text; where the alternatives end is not clear'
    fail('regex', path, why, 'put the alternatives into (?:...)')
  }
}

/** Whether a `|` stands outside every group and class. */
function hasBareAlternation(pattern: string): boolean {
  const bare = pattern.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')
  let depth = 0
  for (const character of bare) {
    if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    else if (character === '|' && depth === 0) return true
  }
  return false
}

/** Two conditions that one input makes true, with different targets: the order decides, which nobody documents. */
function checkOverlaps({ name, transitions }: State, found: Finding[]): void {
  const owners = new Map<string, string | undefined>()
  transitions.forEach(({ conditions: [condition] = [], next }, index) => {
    if (!condition || (condition.type !== 'equal_to' && condition.type !== 'matches_any_of')) return
    const words = condition.type === 'equal_to' ? [condition.value] : condition.value.split(',')
    for (const word of words.map((one) => one.trim().toLowerCase())) {
      if (owners.has(word) && owners.get(word) !== next) {
        const why = `"${word.slice(0, 40)}" matches two transitions; which one Studio takes is not documented`
        reporter(found, 'error', name)(
          'split-overlap',
          `transitions[${index}]`,
          why,
          'let one input match once',
        )
      }
      owners.set(word, next)
    }
  })
}
