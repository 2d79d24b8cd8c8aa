import type { Span } from './card-numbers.ts'

// Lengths by country, from the SWIFT IBAN registry (release 99).
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 ' +
    'EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 ' +
    'KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 ' +
    'PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 ' +
    'UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

const START = /(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d/g
const ALPHANUMERIC = /[A-Za-z0-9]/
const SEPARATOR = /[\s\p{Pd}]/u

/** Finds international bank account numbers: a known country, its length, the check of ISO 7064 (mod 97). */
export function findIbans(text: string): Span[] {
  const spans: Span[] = []
  for (const { index } of text.matchAll(START)) {
    const span = readIban(text, index)
    if (span && span.start >= (spans.at(-1)?.end ?? 0)) spans.push(span)
  }
  return spans
}

function readIban(text: string, start: number): Span | undefined {
  const length = LENGTHS.get(text.slice(start, start + 2).toUpperCase())
  if (length === undefined) return undefined
  let iban = ''
  let end = start
  while (iban.length < length && end < text.length) {
    const character = text.charAt(end)
    if (ALPHANUMERIC.test(character)) iban += character
    else if (!SEPARATOR.test(character)) return undefined
    end += 1
  }
  const goesOn = ALPHANUMERIC.test(text.charAt(end))
  return iban.length === length && !goesOn && passesMod97(iban) ? { start, end } : undefined
}

/** The check of ISO 7064: the first four characters go last, letters count from A = 10, the rest is 1. */
export function passesMod97(iban: string): boolean {
  let rest = 0
  for (const character of `${iban.slice(4)}${iban.slice(0, 4)}`) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}
