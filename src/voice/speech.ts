const MAX_READ = 4_000
const MAX_SPOKEN = 200

/**
 * Makes remembered text safe to say, or says nothing: undefined when no letter or digit is left.
 *
 * What a caller said last week is data. Only letters, digits and plain punctuation survive, so neither
 * markup (TwiML, SSML, Liquid) nor a control or direction character can reach the line; the TwiML builder
 * escapes on top of it. At most `maxLength` characters, 200 by default, cut between words.
 */
export function speakable(text: string, maxLength: number = MAX_SPOKEN): string | undefined {
  const plain = text
    .slice(0, MAX_READ)
    .normalize('NFC')
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{M}\p{N} .,;:!?'’"()/%$€£#+@-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const spoken = cutBetweenWords(plain, maxLength).replace(/^[\s.,;:!?)/%-]+|[\s.,;:!?'"(/-]+$/g, '')
  return /[\p{L}\p{N}]/u.test(spoken) ? spoken : undefined
}

/** A label such as `refund_request` as words, for labels that have no text of their own. */
export function speakableLabel(label: string): string | undefined {
  return speakable(label.replace(/_/g, ' '), 60)
}

function cutBetweenWords(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const cut = text.slice(0, maxLength)
  const lastSpace = cut.lastIndexOf(' ')
  return lastSpace > maxLength / 2 ? cut.slice(0, lastSpace) : cut
}
