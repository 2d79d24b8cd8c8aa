import fc from 'fast-check'
import { rank } from '../../../memory-server/src/recall/rank.ts'
import { wordsOf } from '../../../memory-server/src/recall/words.ts'

const word = fc.constantFrom('refund', 'kettle', 'door', 'invoice', 'blue', 'late')
const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '))
const texts = fc.array(text, { maxLength: 12 })

const found = (documents: readonly string[], query: string): string[] =>
  rank(documents, (document) => [document], query).map(({ item }) => item)

describe('words', () => {
  test.each([
    ['Ça va? CAFÉ, naïve!', ['ca', 'va', 'cafe', 'naive']],
    ['refund_request-42', ['refund', 'request', '42']],
    ['Straße Ωμέγα', ['straße', 'ωμεγα']],
    ['返金です', ['返', '金', 'で', 'す']],
    ['हिन्दी', ['हिन्दी']],
    ['...', []],
    ['', []],
  ])('of %p are %p', (given, words) => {
    expect(wordsOf(given).join('|').normalize('NFKD')).toBe(words.join('|').normalize('NFKD'))
  })

  test('are the same however a text is composed or capitalized', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (given) => {
        expect(wordsOf(given.normalize('NFD'))).toEqual(wordsOf(given.normalize('NFC')))
        expect(wordsOf(wordsOf(given).join(' '))).toEqual(wordsOf(given))
      }),
    )
  })
})

describe('the ranking', () => {
  test('leaves out exactly the texts that share no word with the query', () => {
    fc.assert(
      fc.property(texts, text, (documents, query) => {
        const wanted = wordsOf(query)
        const sharing = documents.filter((document) => wordsOf(document).some((one) => wanted.includes(one)))
        expect(found(documents, query).toSorted()).toEqual(sharing.toSorted())
      }),
    )
  })

  test('is in falling order, finite, and the same for the same words in another order', () => {
    fc.assert(
      fc.property(texts, fc.array(word, { minLength: 1, maxLength: 4 }), (documents, query) => {
        const scores = rank(documents, (document) => [document], query.join(' ')).map(({ score }) => score)
        expect(scores).toEqual(scores.toSorted((a, b) => b - a))
        expect(scores.every((score) => score > 0 && Number.isFinite(score))).toBe(true)
        expect(found(documents, query.toReversed().join('; ')).length).toBe(scores.length)
      }),
    )
  })

  test('keeps the given order among equals', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (same, count) => {
        const items = Array.from({ length: count }, (_, index) => ({ index, same }))
        const order = rank(items, (item) => [item.same], same).map(({ item }) => item.index)
        expect(order).toEqual(items.map(({ index }) => index))
      }),
    )
  })

  test('never puts a text lower for saying a wanted word instead of an unwanted one', () => {
    fc.assert(
      fc.property(texts, fc.array(word, { maxLength: 5 }), (others, rest) => {
        const scoreOf = (last: string): number => {
          const own = { text: [...rest, last].join(' ') }
          const items = [own, ...others.map((other) => ({ text: `${other} filler` }))]
          return rank(items, (item) => [item.text], 'refund').find(({ item }) => item === own)?.score ?? 0
        }
        expect(scoreOf('refund')).toBeGreaterThan(0)
        expect(scoreOf('refund')).toBeGreaterThan(scoreOf('filler'))
      }),
    )
  })

  test('prefers a rare word to a common one, and a short text to a long one', () => {
    const documents = ['kettle one', 'kettle two', 'kettle three', 'door four']
    expect(found(documents, 'kettle door')[0]).toBe('door four')
    expect(found(['refund and a lot of other words', 'refund please'], 'refund')[0]).toBe('refund please')
  })

  test('of nothing, or for nothing, is nothing', () => {
    expect(found([], 'refund')).toEqual([])
    expect(found(['refund'], '?!')).toEqual([])
  })
})
