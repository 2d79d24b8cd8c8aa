import { findCardNumbers, MIN_DIGITS } from './card-numbers.ts'
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

const DIGIT_0 = '0'.charCodeAt(0)
const DIGIT_9 = '9'.charCodeAt(0)

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
    const digits = countDigits(text)
    const apply = ({ kind, step }: Pick<BuiltIn, 'kind' | 'step'>): void => {
      kept = step(kept, () => void counts.set(kind, (counts.get(kind) ?? 0) + 1))
    }
    for (const builtIn of BUILT_IN) {
      if (digits >= builtIn.leastDigits && (builtIn.label?.test(label) ?? true)) apply(builtIn)
    }
    for (const pattern of configured) apply(pattern)
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

interface BuiltIn {
  readonly kind: string
  readonly step: Step
  /** A text with fewer digits holds none. Most texts are spared most steps by this. */
  readonly leastDigits: number
  /** The labels of texts that it looks at; all of them unless given. */
  readonly label?: RegExp
}

/** IBANs go first, for the digits of one may look like a card; codes go after the cards that they stand beside. */
const BUILT_IN: readonly BuiltIn[] = [
  { kind: 'iban', step: cutting(findIbans, '[iban]'), leastDigits: 1 },
  { kind: 'card', step: cutting(findCardNumbers, '[card]'), leastDigits: MIN_DIGITS },
  { kind: 'cvv', step: replacing(ONLY_CVV, '[cvv]'), leastDigits: 3, label: CVV_LABEL },
  { kind: 'cvv', step: replacingAfter(CVV_BY_WORD, '[cvv]'), leastDigits: 3 },
  { kind: 'cvv', step: replacingAfter(CVV_BY_CARD, '[cvv]'), leastDigits: 3 },
  { kind: 'ssn', step: replacing(ONLY_NINE_DIGITS, '[ssn]'), leastDigits: 9, label: SSN_LABEL },
  { kind: 'ssn', step: replacingAfter(SSN_BY_WORD, '[ssn]'), leastDigits: 9 },
  { kind: 'ssn', step: replacing(SSN, '[ssn]'), leastDigits: 9 },
]

function countDigits(text: string): number {
  let digits = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code >= DIGIT_0 && code <= DIGIT_9) digits += 1
  }
  return digits
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
