// Scripts that write no spaces: each character counts as a word.
const WORD =
  /(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])[\p{L}\p{N}\p{M}])+|\p{L}/gu
const ACCENTS = /[\u0300-\u036F]/g

/**
 * Splits a text into words that can be compared: lower case, accents folded, punctuation gone. An underscore
 * separates, so `refund_request` is two words.
 */
export function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replaceAll(ACCENTS, '').toLowerCase().replaceAll('ς', 'σ')
  return folded.normalize('NFC').match(WORD) ?? []
}
