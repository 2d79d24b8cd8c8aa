import { wordsOf } from './words.ts'

/** Something found, with how well it fits: above 0, more is better. */
export interface Ranked<T> {
  readonly item: T
  readonly score: number
}

// Okapi BM25 with its usual constants: how fast repetition saturates, how much a long text is held back.
const K1 = 1.2
const B = 0.75

/**
 * Ranks items by how well their texts fit a query (Okapi BM25 over exactly these items). Items that share no
 * word with the query are left out; of equals, the earlier one comes first.
 */
export function rank<T>(
  items: readonly T[],
  textsOf: (item: T) => readonly string[],
  query: string,
): Ranked<T>[] {
  const wanted = new Set(wordsOf(query))
  const documents = items.map((item) => ({ item, ...countWords(textsOf(item), wanted) }))
  const totalLength = documents.reduce((sum, { length }) => sum + length, 0)
  const meanLength = Math.max(1, totalLength / Math.max(1, documents.length))
  const weights = new Map(
    Array.from(wanted, (word) => {
      const having = documents.filter(({ counts }) => counts.has(word)).length
      return [word, Math.log(1 + (documents.length - having + 0.5) / (having + 0.5))] as const
    }),
  )
  return documents
    .map(({ item, counts, length }) => {
      const held = K1 * (1 - B + (B * length) / meanLength)
      const parts = Array.from(counts, ([word, count]) => {
        return ((weights.get(word) ?? 0) * count * (K1 + 1)) / (count + held)
      })
      return { item, score: parts.reduce((sum, part) => sum + part, 0) }
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
}

/** How often each wanted word stands in the texts, and how many words they have altogether. */
function countWords(
  texts: readonly string[],
  wanted: ReadonlySet<string>,
): { readonly counts: ReadonlyMap<string, number>; readonly length: number } {
  const counts = new Map<string, number>()
  let length = 0
  for (const word of texts.flatMap((text) => wordsOf(text))) {
    length += 1
    if (wanted.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return { counts, length }
}
