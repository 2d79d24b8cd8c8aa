import { findCardNumbers } from './card-numbers.ts'
import type { Span } from './card-numbers.ts'
import { findIbans } from './iban.ts'
import type { RedactionPattern } from './patterns.ts'

/** How many things of each kind were removed. A kind of which nothing was removed is not there. */
export type RedactionCounts = Readonly<Record<string, number>>

/** A text without what must not be kept. */
export interface Redacted {
  readonly text: string
  readonly counts: RedactionCounts
}

/** Removes from a text what must not be kept. `label` says what the text is, as the name of a variable does. */
export type Redact = (text: string, label?: string) => Redacted

const CVV_WORD = String.raw`\b(?:cvv2?|cvc2?|csc|(?:card )?security (?:code|number)|card (?:verification|validation) (?:code|value|number))`
const CVV_BY_WORD = new RegExp(
  String.raw`(${CVV_WORD}\b[^\p{L}\p{N}]{0,5}(?:(?:is|code|number)\b[^\p{L}\p{N}]{0,5}){0,2})\d{3,4}(?!\d)`,
  'giu',
)
const CVV_BY_CARD =
  /(\[card\][\s,;/]{1,3}(?:(?:exp\w{0,8}[.:]?\s{0,2})?\d{1,2}\s?[/-]\s?\d{2,4}[\s,;]{1,3})?)\d{3,4}(?![\d/:-])/giu
const CVV_LABEL = /(?:^|[_.-])(?:cvv2?|cvc2?|csc|(?:card_?)?security_?code)$/i

const SSN_NUMBER = String.raw`(?!000|666|9)\d{3}([ -])(?!00)\d{2}\1(?!0000)\d{4}`
const SSN = new RegExp(String.raw`(?<!\d|\d[ -])${SSN_NUMBER}(?!\d|[ -]\d)`, 'g')
const SSN_BY_WORD =
  /(\b(?:ssn|social security(?: number)?)\b[^\p{L}\p{N}]{0,5}(?:(?:is|number)\b[^\p{L}\p{N}]{0,5}){0,2})\d{3}[ -]?\d{2}[ -]?\d{4}(?!\d)/giu
const SSN_LABEL = /(?:^|[_.-])(?:ssn|social_?security(?:_?number)?)$/i
const ONLY_NINE_DIGITS = /^\s*\d{3}[ -]?\d{2}[ -]?\d{4}\s*$/
const ONLY_CVV = /^\s*\d{3,4}\s*$/

type Step = (text: string, removed: () => void) => string

/**
 * Creates the redaction: bank accounts (IBAN), card numbers, card verification codes beside a card or a word for
 * them, US social security numbers, and then the configured patterns, in their order.
 *
 * Numbers in words ("four one one one") are not found.
 */
export function createRedact(patterns: readonly RedactionPattern[] = []): Redact {
  const configured = patterns.map(({ name, expression }) => ({
    kind: name,
    step: replacing(expression, `[${name}]`),
  }))
  return (text, label = '') => {
    const counts = new Map<string, number>()
    let kept = text
    for (const { kind, step } of [...builtIn(label), ...configured]) {
      kept = step(kept, () => void counts.set(kind, (counts.get(kind) ?? 0) + 1))
    }
    return { text: kept, counts: Object.fromEntries(counts) }
  }
}

/** Adds counts up. */
export function addCounts(all: readonly RedactionCounts[]): RedactionCounts {
  const sum = new Map<string, number>()
  for (const [kind, count] of all.flatMap((counts) => Object.entries(counts))) {
    sum.set(kind, (sum.get(kind) ?? 0) + count)
  }
  return Object.fromEntries(sum)
}

/** IBANs go first, for the digits of one may look like a card; codes go after the cards that they stand beside. */
function builtIn(label: string): { kind: string; step: Step }[] {
  return [
    { kind: 'iban', step: cutting(findIbans, '[iban]') },
    { kind: 'card', step: cutting(findCardNumbers, '[card]') },
    ...(CVV_LABEL.test(label) ? [{ kind: 'cvv', step: replacing(ONLY_CVV, '[cvv]') }] : []),
    { kind: 'cvv', step: replacingAfter(CVV_BY_WORD, '[cvv]') },
    { kind: 'cvv', step: replacingAfter(CVV_BY_CARD, '[cvv]') },
    ...(SSN_LABEL.test(label) ? [{ kind: 'ssn', step: replacing(ONLY_NINE_DIGITS, '[ssn]') }] : []),
    { kind: 'ssn', step: replacingAfter(SSN_BY_WORD, '[ssn]') },
    { kind: 'ssn', step: replacing(SSN, '[ssn]') },
  ]
}

function cutting(find: (text: string) => readonly Span[], mark: string): Step {
  return (text, removed) => {
    let kept = ''
    let from = 0
    for (const { start, end } of find(text)) {
      kept += text.slice(from, start) + mark
      from = end
      removed()
    }
    return kept + text.slice(from)
  }
}

function replacing(expression: RegExp, mark: string): Step {
  return (text, removed) =>
    text.replace(expression, () => {
      removed()
      return mark
    })
}

/** Keeps the words that led to it: the first group of the expression. */
function replacingAfter(expression: RegExp, mark: string): Step {
  return (text, removed) =>
    text.replace(expression, (_whole, words: string) => {
      removed()
      return `${words}${mark}`
    })
}
