import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** Whom the network says is calling. A lookup key, never proof. */
export type Ani =
  /** A phone number in E.164. */
  | { readonly kind: 'number'; readonly e164: string }
  /** The caller hid the number. All withheld callers look alike: it must never identify anybody. */
  | { readonly kind: 'withheld' }
  /** Something that is no phone number: a client identity, a SIP user, a local fragment. */
  | { readonly kind: 'unusable' }

// Words that networks put in place of a number (Twilio: From "may contain anonymous, unknown, or other
// descriptions"). Compared without case, spaces and punctuation. Observed 2026-11.
const WITHHELD_WORDS: ReadonlySet<string> = new Set([
  '',
  'anonymous',
  'blocked',
  'nocallerid',
  'null',
  'outofarea',
  'private',
  'restricted',
  'unavailable',
  'undefined',
  'unknown',
  'withheld',
])

// The same words spelled on a telephone keypad, as Twilio passed them until 2022 and some carriers still do.
// +7378742833 and +86282452253 look like Russian and Chinese numbers, so this list comes before any parsing.
const WITHHELD_DIGITS: ReadonlySet<string> = new Set([
  '266696687', // ANONYMOUS
  '2562533', // BLOCKED
  '464', // seen for "no caller id"
  '7748283', // PRIVATE
  '7378742833', // RESTRICTED
  '7378742883', // RESTRICTED, a misspelling seen in the wild
  '86282452253', // UNAVAILABLE
  '8566', // seen in the wild
  '8656696', // UNKNOWN
  '94844353', // WITHHELD
])

/** Reads a webhook's `From`. Withheld forms are recognised before anything is normalised. */
export function parseAni(raw: string | undefined): Ani {
  const text = (raw ?? '').trim()
  if (isWithheld(text)) return { kind: 'withheld' }
  if (/^client:/i.test(text)) return { kind: 'unusable' }
  const digits = sipUser(text) ?? text
  if (!digits.startsWith('+')) return { kind: 'unusable' }
  const parsed = parsePhoneNumberFromString(digits)
  return parsed?.isPossible() ? { kind: 'number', e164: parsed.number } : { kind: 'unusable' }
}

/** Whether a `From` says that the caller hid the number, in any of the forms that are known. */
export function isWithheld(raw: string): boolean {
  const user = sipUser(raw) ?? raw
  const word = user.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (WITHHELD_WORDS.has(word)) return true
  return WITHHELD_DIGITS.has(word) || WITHHELD_DIGITS.has(word.replace(/^1/, ''))
}

/** The user part of a SIP address: `sip:+12025550142@example.com` is `+12025550142`. */
function sipUser(text: string): string | undefined {
  return /^(?:sips?:)?([^@;]*)@/i.exec(text)?.[1] ?? /^sips?:([^@;]*)/i.exec(text)?.[1]
}
