import { menuPrompt, readMenuAnswer } from '../../src/voice/menu.ts'
import { MENU } from '../../src/voice/texts.ts'

describe('the menu', () => {
  test('offers every entry', () => {
    for (const { key, offer } of MENU) expect(menuPrompt()).toContain(`press ${key} for ${offer}`)
  })

  test('has a key of its own for each entry', () => {
    expect(new Set(MENU.map(({ key }) => key)).size).toBe(MENU.length)
  })

  test.each(MENU.map(({ key, intent }) => [key, intent]))('takes key %s for %s', (key, intent) => {
    expect(readMenuAnswer(key, undefined)).toEqual({ kind: 'chosen', intent })
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
    expect(readMenuAnswer(undefined, said)).toEqual({ kind: 'said', intent, said })
  })

  test('tells an unknown key from no answer', () => {
    expect(readMenuAnswer('9', undefined).kind).toBe('unknown-key')
    expect(readMenuAnswer(undefined, '  ').kind).toBe('nothing')
    expect(readMenuAnswer(undefined, undefined).kind).toBe('nothing')
  })

  test('keeps at most 500 characters of what was said', () => {
    expect(readMenuAnswer(undefined, 'bill '.repeat(1_000))).toMatchObject({
      said: expect.stringMatching(/^.{500}$/),
    })
  })
})
