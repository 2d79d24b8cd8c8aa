import { menuPrompt, readGoOn, readMenuAnswer } from '../../src/voice/menu.ts'
import { menuTexts } from '../../src/voice/speaker.ts'
import { speakerOf } from '../support/speaker.ts'

const speaker = speakerOf('en-US')
const MENU = speaker.flow.menu

describe('the menu', () => {
  test('offers every entry', () => {
    for (const entry of MENU) {
      expect(menuPrompt(speaker)).toContain(`press ${entry.key} for ${menuTexts(speaker, entry).offer}`)
    }
  })

  test('has a key of its own for each entry', () => {
    expect(new Set(MENU.map(({ key }) => key)).size).toBe(MENU.length)
  })

  test.each(MENU.map(({ key, intent }) => [key, intent]))('takes key %s for %s', (key, intent) => {
    expect(readMenuAnswer(speaker, key, undefined)).toEqual({ kind: 'chosen', intent })
  })

  test.each([
    ['My refund for order 1042 has not arrived', 'refund'],
    ['I was charged twice on my invoice', 'billing'],
    ['Where is my parcel?', 'order'],
    ['The internet is not working.', 'technical_support'],
    ['I would like to talk to someone', 'general_inquiry'],
    ['Billings, Montana', 'billing'],
    ['My disorderly conduct', 'general_inquiry'],
  ])('understands %p as %s', (said, intent) => {
    expect(readMenuAnswer(speaker, undefined, said)).toEqual({ kind: 'said', intent, said })
  })

  test('tells an unknown key from no answer', () => {
    expect(readMenuAnswer(speaker, '7', undefined).kind).toBe('unknown-key')
    expect(readMenuAnswer(speaker, undefined, '  ').kind).toBe('nothing')
    expect(readMenuAnswer(speaker, undefined, undefined).kind).toBe('nothing')
  })

  test('keeps at most 500 characters of what was said', () => {
    expect(readMenuAnswer(speaker, undefined, 'bill '.repeat(1_000))).toMatchObject({
      said: expect.stringMatching(/^.{500}$/),
    })
  })

  test('understands Spanish in Spanish', () => {
    const spanish = speakerOf('es')
    expect(readMenuAnswer(spanish, undefined, 'No ha llegado mi devolución')).toMatchObject({
      intent: 'refund',
    })
    expect(menuPrompt(spanish)).toContain('oprima 2 para un reembolso')
  })

  test('takes the key of another language, and not of the one that is spoken', () => {
    expect(readMenuAnswer(speaker, '9', undefined)).toEqual({ kind: 'language', tag: 'es-US' })
    expect(readMenuAnswer(speaker, '8', undefined)).toEqual({ kind: 'unknown-key' })
  })
})

describe('the question about the open matter', () => {
  test.each([
    ['1', undefined, 'go-on'],
    ['2', undefined, 'other'],
    ['7', undefined, 'unclear'],
    [undefined, 'yes please', 'go-on'],
    [undefined, 'something else', 'other'],
    [undefined, 'no, not that one', 'unclear'],
    [undefined, 'marmalade', 'unclear'],
    [undefined, ' ', 'nothing'],
    [undefined, undefined, 'nothing'],
  ])('understands key %p and speech %p as %s', (digits, speech, expected) => {
    expect(readGoOn(speaker, digits, speech)).toBe(expected)
  })
})
