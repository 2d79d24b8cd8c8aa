import fc from 'fast-check'
import { isWithheld, parseAni } from '../../src/caller/ani.ts'

const WORDS = [
  'anonymous',
  'blocked',
  'no caller id',
  'null',
  'out of area',
  'private',
  'restricted',
  'unavailable',
  'undefined',
  'unknown',
  'withheld',
]

/** What a word looks like when it is typed on a telephone keypad. */
const keypad = (word: string): string =>
  word.replaceAll(/[a-z]/g, (letter) => '22233344455566677778889999'.charAt(letter.charCodeAt(0) - 97))

const KEYPAD_WORDS = ['anonymous', 'blocked', 'private', 'restricted', 'unavailable', 'unknown', 'withheld']
const DIGITS = [...KEYPAD_WORDS.map((word) => keypad(word)), '464', '7378742883', '8566']

const anyCase = (word: string): fc.Arbitrary<string> =>
  fc.array(fc.boolean(), { minLength: word.length, maxLength: word.length }).map((upper) =>
    word
      .split('')
      .map((letter, index) => (upper[index] ? letter.toUpperCase() : letter))
      .join(''),
  )

test('a word that says the number is withheld is recognised in any case, with spaces around', () => {
  const word = fc.constantFrom(...WORDS).chain(anyCase)
  fc.assert(
    fc.property(word, fc.constantFrom('', ' ', '\t'), (text, space) => {
      expect(parseAni(`${space}${text}${space}`)).toEqual({ kind: 'withheld' })
    }),
  )
})

test.each(WORDS)('the word %p is recognised with other punctuation, too', (word) => {
  for (const text of [
    word.replaceAll(' ', ''),
    word.replaceAll(' ', '-'),
    word.replaceAll(' ', '_'),
    `<${word}>`,
  ]) {
    expect(isWithheld(text)).toBe(true)
  }
})

test.each(DIGITS)('the keypad digits %p are recognised bare, with + and with +1', (digits) => {
  for (const text of [digits, `+${digits}`, `+1${digits}`, `1${digits}`]) {
    expect(parseAni(text)).toEqual({ kind: 'withheld' })
  }
})

test.each([
  'sip:anonymous@anonymous.invalid',
  'sips:Anonymous@example.com',
  'SIP:restricted@example.com;transport=tls',
  'sip:+266696687@example.com',
  'sip:266696687@example.com',
  'sip:unavailable',
  'anonymous@anonymous.invalid',
])('a SIP address of a withheld caller is recognised: %p', (text) => {
  expect(parseAni(text)).toEqual({ kind: 'withheld' })
})

test('nothing at all is withheld', () => {
  for (const text of [undefined, '', '   ', '+']) expect(parseAni(text)).toEqual({ kind: 'withheld' })
})

test.each([
  ['+12025550142', '+12025550142'],
  [' +12025550142 ', '+12025550142'],
  ['+442079460123', '+442079460123'],
  ['+4915112345678', '+4915112345678'],
  ['+1 (202) 555-0142', '+12025550142'],
  ['sip:+12025550142@example.com', '+12025550142'],
  ['sip:+12025550142@example.com;user=phone', '+12025550142'],
])('a number is read as E.164: %p', (text, e164) => {
  expect(parseAni(text)).toEqual({ kind: 'number', e164 })
})

test('a number that only resembles a withheld one stays a number', () => {
  for (const text of ['+73787428330', '+78282452253', '+12026669668']) {
    expect(parseAni(text).kind).not.toBe('withheld')
  }
  expect(parseAni('+12026669668')).toEqual({ kind: 'number', e164: '+12026669668' })
})

test.each([
  'client:ada',
  'CLIENT:+12025550142',
  'client:anonymous',
  'sip:ada@example.com',
  '2025550142',
  '911',
  '+1',
  '+12',
  '+1202555014200000000',
  'Ada Example',
])('what is no phone number is unusable: %p', (text) => {
  expect(parseAni(text)).toEqual({ kind: 'unusable' })
})

test('any text has an answer, and a number is always E.164', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^\+\d{1,18}$/)),
      (text) => {
        const ani = parseAni(text)
        expect(ani.kind === 'number' ? ani.e164 : '+12025550142').toMatch(/^\+[1-9]\d{1,14}$/)
      },
    ),
    { numRuns: 500 },
  )
})
