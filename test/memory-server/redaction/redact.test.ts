import fc from 'fast-check'
import { findCardNumbers, passesLuhn } from '../../../memory-server/src/redaction/card-numbers.ts'
import { passesMod97 } from '../../../memory-server/src/redaction/iban.ts'
import { redactionPatterns } from '../../../memory-server/src/redaction/patterns.ts'
import { createRedact } from '../../../memory-server/src/redaction/redact.ts'

const redact = createRedact()
/** Processor time, which other work on the machine does not stretch. */
function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const textOf = (text: string, label?: string): string => redact(text, label).text

describe('what must not be kept is replaced', () => {
  test.each([
    ['pay with 4111111111111111 please', 'pay with [card] please'],
    ['4111 1111 1111 1111', '[card]'],
    ['4111-1111-1111-1111', '[card]'],
    ['4111\u00a01111\u20131111 1111', '[card]'],
    ['amex 3782 822463 10005.', 'amex [card].'],
    ['12 4111 1111 1111 1111 7', '12 [card] 7'],
    ['+4111111111111111', '+[card]'],
    ['card4111111111111111x', 'card[card]x'],
    ['4111 1111 1111 1111 5555 5555 5555 4444', '[card] [card]'],
    ['4111111111111111 123', '[card] [cvv]'],
    ['4111 1111 1111 1111, exp 12/27, 1234', '[card], exp 12/27, [cvv]'],
    ['4111111111111111 12/2027 123', '[card] 12/2027 [cvv]'],
    ['cvv 123', 'cvv [cvv]'],
    ['The CVC is: 1234.', 'The CVC is: [cvv].'],
    ['security code number 999', 'security code number [cvv]'],
    ['my ssn is 123-45-6789', 'my ssn is [ssn]'],
    ['SSN: 123456789', 'SSN: [ssn]'],
    ['it is 123 45 6789 I think', 'it is [ssn] I think'],
    ['to DE89 3704 0044 0532 0130 00 today', 'to [iban] today'],
    ['GB82WEST12345698765432', '[iban]'],
    ['de89370400440532013000', '[iban]'],
  ])('%s', (text, kept) => {
    expect(textOf(text)).toBe(kept)
  })

  test('where only the name of the variable says what it is', () => {
    expect(textOf('123', 'card_cvv')).toBe('[cvv]')
    expect(textOf('123456789', 'ssn')).toBe('[ssn]')
    expect(textOf('123', 'floor')).toBe('123')
    expect(textOf('123456789', 'order')).toBe('123456789')
  })

  test('and counted by kind', () => {
    expect(redact('4111111111111111 123 and 5555-5555-5555-4444, SSN 123-45-6789').counts).toEqual({
      card: 2,
      cvv: 1,
      ssn: 1,
    })
  })
})

describe('ordinary text stays as it is', () => {
  test.each([
    ['a number that fails the check of Luhn', '4111 1111 1111 1112'],
    ['an order number', 'order 1000012345678'],
    ['a date and a time', '2026-11-02 10:30:00, back on 2026-11-05 2026-11-06'],
    ['milliseconds', '1762079400000'],
    ['a phone number', 'call +1 202-555-0142 or +49 30 5550 0142 12'],
    ['a phone number that passes the check of Luhn', '+4930555501428 and +4930555501410'],
    ['three digits without a word', 'room 123, code 4567'],
    [
      'a social security number that was never given out',
      '000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567',
    ],
    ['a bank account with a wrong check', 'DE88 3704 0044 0532 0130 00'],
    ['a country that has none', 'US89 3704 0044 0532 0130 00'],
    ['a longer number in the form of 3-2-4', '1 123-45-6789 123-45-67890'],
  ])('%s', (_case, text) => {
    expect(redact(text)).toEqual({ text, counts: {} })
  })

  test('a phone number without a plus, an order number and a date in any sentence', () => {
    const number = fc.integer({ min: 1, max: 999_999_999_999 }).map(String)
    const day = fc.date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true })
    const piece = fc.oneof(
      number.map((digits) => `order ${digits} today`),
      day.map((date) => `on ${date.toISOString()} at`),
      fc.integer({ min: 100, max: 199 }).map((last) => `call 202-555-0${last} or +12025550${last} now`),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join(', ')
        expect(redact(text)).toEqual({ text, counts: {} })
      }),
    )
  })
})

/** Digits of a card, the last one chosen so that the check holds. */
const card = fc
  .tuple(
    fc.constantFrom('4', '51', '55', '2221', '2720', '34', '37', '30', '35', '6011', '65', '62', '50'),
    fc.integer({ min: 13, max: 19 }),
    fc.stringMatching(/^\d{19}$/),
  )
  .map(([issuer, length, digits]) => {
    const head = `${issuer}${digits}`.slice(0, length - 1)
    return `${head}${Array.from('0123456789').find((last) => passesLuhn(`${head}${last}`))}`
  })

/** The digits in groups. A group is never empty. */
const grouped = fc
  .tuple(card, fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 }), fc.constantFrom(' ', '-', ' - '))
  .map(([digits, sizes, separator]) => {
    const groups: string[] = []
    let rest = digits
    for (const size of sizes) {
      groups.push(rest.slice(0, size))
      rest = rest.slice(size)
    }
    return [...groups, rest].filter((group) => group !== '').join(separator)
  })

const around = fc.oneof(
  fc.string(),
  fc.constantFrom('', '7 ', ' 12/27', '-3', 'x', '+1 202 555 0142 ', 'DE89 '),
)

test('no card number survives, however it is grouped and whatever stands around it', () => {
  fc.assert(
    fc.property(around, grouped, around, (before, number, after) => {
      // A digit right beside the number makes it another number; a plus makes a short one a phone number.
      const lead = /[\d+]$/.test(before) ? `${before}:` : before
      const tail = /^\d/.test(after) ? `:${after}` : after
      const { text, counts } = redact(`${lead}${number}${tail}`)
      expect(text).not.toContain(number)
      expect(findCardNumbers(text)).toEqual([])
      expect((counts['card'] ?? 0) + (counts['iban'] ?? 0)).toBeGreaterThan(0)
    }),
    { numRuns: 1000 },
  )
})

test('no bank account of a generated kind survives', () => {
  const iban = fc.stringMatching(/^\d{18}$/).map((account) => {
    const checks = Array.from({ length: 97 }, (_, check) => String(check + 2).padStart(2, '0'))
    return `DE${checks.find((check) => passesMod97(`DE${check}${account}`))}${account}`
  })
  fc.assert(
    fc.property(iban, (account) => {
      const spaced = account.replaceAll(/(.{4})/g, '$1 ').trim()
      expect(textOf(`a ${account} b ${spaced} c`)).toBe('a [iban] b [iban] c')
    }),
  )
})

describe('configured patterns', () => {
  const patternsOf = (text: string): ReturnType<typeof createRedact> => {
    const parsed = redactionPatterns(text)
    if (!parsed.ok) throw new Error('refused')
    return createRedact(parsed.value)
  }

  test('are removed under their names, after what is built in', () => {
    const own = patternsOf(
      String.raw`member=\bM-\d{8}\b; policy=[A-Z]{2}\d{4,6}; constructor=abcd; member=mem\x3b\d{3}`,
    )
    expect(own('m-12345678, AB12345, 4111111111111111, abcd and MEM;123 M-123')).toEqual({
      text: '[member], [policy], [card], [constructor] and [member] M-123',
      counts: { member: 2, policy: 1, card: 1, constructor: 1 },
    })
  })

  test.each([
    ['a group', '(?:ab)c'],
    ['a repeated group', '(a{1,9}){1,9}b'],
    ['a star', 'abc*'],
    ['a plus', String.raw`\d+abc`],
    ['an open range', 'abc{2,}'],
    ['a look behind', '(?<=a)bcd'],
    ['a back reference', String.raw`abc\1`],
    ['an alternative', 'abc|def'],
    ['too many ways', 'a{0,30}a{0,30}abc'],
    ['a match of nothing', 'a?b?'],
    ['a match of two characters', 'ab'],
    ['a match that may be long', 'a{65}'],
    ['a range the wrong way round', 'abc{3,2}'],
    ['a broken class', 'abc[z-a]'],
    ['too long a text', 'a'.repeat(201)],
    ['an unknown escape', String.raw`abc\q`],
  ])('are refused when they could run long or find too much: %s', (_case, source) => {
    expect(redactionPatterns(`x=${source}`)).toEqual({ ok: false })
    expect(redactionPatterns('x=abc')).toMatchObject({ ok: true })
  })

  test('are refused without a name, with a name of a built-in kind, and in great number', () => {
    for (const text of ['abc', '=abc', 'card=abc', 'Name=abc', 'x=abc;', `${'x=abc;'.repeat(20)}x=abc`]) {
      expect(redactionPatterns(text)).toEqual({ ok: false })
    }
  })

  test('stay quick on the text that suits them least', () => {
    const worst = patternsOf('x=a{1,16}a{47}b;y=a?a?a?a?a{59}b')
    expect(cpuMsOf(() => worst('a'.repeat(16_384)))).toBeLessThan(1000)
  })
})

test('built-in kinds stay quick on long texts of digits and separators', () => {
  for (const piece of [
    '4',
    '4 ',
    '4 - ',
    'DE89 ',
    'cvv is ',
    '123-45-',
    '[card] ',
    '[card] 12/27 ',
    'ssn ',
  ]) {
    expect(cpuMsOf(() => redact(piece.repeat(32_768 / piece.length)))).toBeLessThan(1000)
  }
})

test('that a text has too few digits for something never hides what is there', () => {
  // Digits behind a bar are no part of anything, but enough for every step to look at the text.
  const enough = ` | ${'0.'.repeat(20)}`
  const piece = fc.constantFrom(
    '4111111111111111',
    '411111111111 1111',
    'DE89 3704 0044 0532 0130 00',
    'MT84MALT011000012345MTLCAST001S',
    '123-45-6789',
    'ssn 123456789',
    'cvv 123',
    'cvc is 1234',
    '12',
    '7',
    'x',
    ', ',
    '-',
  )
  const label = fc.constantFrom('', 'cvv', 'ssn', 'note')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), label, (pieces, name) => {
      const text = pieces.join('')
      const wholeText = /^\s*\d{3,4}\s*$|^\s*\d{3}[ -]?\d{2}[ -]?\d{4}\s*$/.test(text)
      fc.pre(!wholeText)
      const looked = redact(text + enough, name)
      expect(redact(text, name)).toEqual({ ...looked, text: looked.text.slice(0, -enough.length) })
    }),
  )
})
