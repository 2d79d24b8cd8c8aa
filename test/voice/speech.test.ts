import fc from 'fast-check'
import { speakable, speakableLabel } from '../../src/voice/speech.ts'

describe('remembered text that is spoken', () => {
  test.each([
    ['My refund for order 1042 has not arrived.', 'My refund for order 1042 has not arrived'],
    ['</Say><Dial>+12025550199</Dial>', 'Say Dial +12025550199 /Dial'],
    ['<speak><break time="9s"/>hello</speak>', 'speak break time "9s"/ hello /speak'],
    ['AT&T bill', 'AT and T bill'],
    ['{{widgets.secret}}', 'widgets.secret'],
    ['abc\u202Etxt.exe', 'abc txt.exe'],
    ['line\none\u0000two', 'line one two'],
    ['Café Müller, 東京', 'Café Müller, 東京'],
  ])('turns %p into %p', (remembered, spoken) => {
    expect(speakable(remembered)).toBe(spoken)
  })

  test.each(['', '   ', '<>', '...', '\u202E\u200B', '{}[]|'])('says nothing for %p', (remembered) => {
    expect(speakable(remembered)).toBeUndefined()
  })

  test('is cut between words', () => {
    const spoken = speakable('word '.repeat(20_000)) ?? ''
    expect(spoken.length).toBeLessThanOrEqual(200)
    expect(spoken.endsWith('word')).toBe(true)
  })

  test('never holds markup, control or direction characters, and never grows too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (remembered) => {
        const spoken = speakable(remembered)
        if (spoken === undefined) return true
        return spoken.length <= 200 && !/[<>&{}\\\p{C}]/u.test(spoken) && /[\p{L}\p{N}]/u.test(spoken)
      }),
      { numRuns: 2_000 },
    )
  })

  test('reads a label as words', () => {
    expect(speakableLabel('refund_request')).toBe('refund request')
  })
})
