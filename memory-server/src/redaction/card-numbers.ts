/** A stretch of a text: from its first character up to, not including, `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

const ZERO = '0'.charCodeAt(0)
/** How many digits a card number has at least. */
export const MIN_DIGITS = 13
const MAX_DIGITS = 19
const RUN = /\d+(?:[\s\p{Pd}]{1,3}\d+)*/gu
// What issuers begin with. Times in milliseconds, ISO dates and numbers from the North American plan do not.
const ISSUER = /^(?:2[2-7]|[3-6])/
// E.164 allows 15 digits, so a longer number behind a plus is no phone number.
const MAX_PHONE_DIGITS = 15

/**
 * Finds payment card numbers: 13 to 19 digits that pass the check of Luhn and begin like a card, alone or in groups
 * divided by spaces or dashes. Numbers beside them in the same run of groups do not hide them.
 */
export function findCardNumbers(text: string): Span[] {
  return merge(
    Array.from(text.matchAll(RUN)).flatMap((run) => {
      const afterPlus = text[run.index - 1] === '+'
      return findInRun(run[0], afterPlus).map(({ start, end }) => ({
        start: run.index + start,
        end: run.index + end,
      }))
    }),
  )
}

/** Looks at every stretch of whole groups. The number of digits bounds how many there are for one start. */
function findInRun(run: string, afterPlus: boolean): Span[] {
  const groups = Array.from(run.matchAll(/\d+/g), ({ 0: digits, index }) => ({ digits, index }))
  return groups.flatMap(({ index }, first) => {
    const found: Span[] = []
    let digits = ''
    for (const group of groups.slice(first, first + MAX_DIGITS)) {
      digits += group.digits
      if (digits.length > MAX_DIGITS) break
      const phone = afterPlus && first === 0 && digits.length <= MAX_PHONE_DIGITS
      if (!phone && isCardNumber(digits)) found.push({ start: index, end: group.index + group.digits.length })
    }
    return found
  })
}

/** Whether the digits have the length, the beginning and the check digit of a card number. */
export function isCardNumber(digits: string): boolean {
  return (
    digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS && ISSUER.test(digits) && passesLuhn(digits)
  )
}

/** The check of Luhn: every second digit from the right is doubled, and the sum ends in 0. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - ZERO
    const weighed = place % 2 === 1 ? digit * 2 : digit
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return sum % 10 === 0
}

/** Stretches that overlap become one, so that no rest of a number is left beside a removed one. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last && span.start < last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
    } else merged.push(span)
  }
  return merged
}
