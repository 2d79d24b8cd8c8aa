import { fill, menuTexts, type Speaker } from './speaker.ts'

/** What a caller answered to the menu. */
export type MenuAnswer =
  | { readonly kind: 'chosen'; readonly intent: string }
  | { readonly kind: 'said'; readonly intent: string; readonly said: string }
  | { readonly kind: 'language'; readonly tag: string }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'nothing' }

/** What a caller answered to "go on with it, or something else". */
export type GoOnAnswer = 'go-on' | 'other' | 'nothing' | 'unclear'

/** Key that goes on with the open matter, and that confirms. */
export const KEY_YES = '1'
/** Key for something else, and to start anew. */
export const KEY_NO = '2'

/** What a matter counts as that fits no entry of the menu. */
export const OTHER_INTENT = 'general_inquiry'

const MAX_SAID = 500

/** The menu as it is offered. */
export function menuPrompt(speaker: Speaker): string {
  const { flow, texts } = speaker
  const offers = flow.menu.map((entry) =>
    fill(texts.pressFor, { key: entry.key, offer: menuTexts(speaker, entry).offer }),
  )
  return `${texts.ask} ${fill(texts.orPress, { offers: offers.join(', ') })}`
}

/** Words that help speech recognition, for `<Gather hints>`. */
export function menuHints(speaker: Speaker): string {
  return speaker.flow.menu.flatMap((entry) => menuTexts(speaker, entry).words).join(', ')
}

/**
 * Understands a key or what was said. Speech that fits no entry is a general inquiry in the caller's own
 * words; where several entries fit, the one whose word comes first in the menu's order wins.
 */
export function readMenuAnswer(
  speaker: Speaker,
  digits: string | undefined,
  speech: string | undefined,
): MenuAnswer {
  if (digits) return readKey(speaker, digits)
  const said = speech?.trim().slice(0, MAX_SAID)
  if (!said) return { kind: 'nothing' }
  return { kind: 'said', intent: intentOf(speaker, said), said }
}

function readKey({ flow, tag }: Speaker, digits: string): MenuAnswer {
  const chosen = flow.menu.find(({ key }) => key === digits)
  if (chosen) return { kind: 'chosen', intent: chosen.intent }
  const other = Object.entries(flow.languages).find(
    ([candidate, { choice }]) => candidate !== tag && choice?.key === digits,
  )
  return other ? { kind: 'language', tag: other[0] } : { kind: 'unknown-key' }
}

/** Understands the answer to "go on with it, or something else". What fits both is unclear. */
export function readGoOn(
  { texts }: Speaker,
  digits: string | undefined,
  speech: string | undefined,
): GoOnAnswer {
  if (digits) return digits === KEY_YES ? 'go-on' : digits === KEY_NO ? 'other' : 'unclear'
  if (!speech?.trim()) return 'nothing'
  const goesOn = says(speech, texts.words.goOn)
  const differs = says(speech, texts.words.other)
  if (goesOn === differs) return 'unclear'
  return goesOn ? 'go-on' : 'other'
}

/** What an answer to a yes-or-no question comes to. */
export type YesOrNo = 'yes' | 'no' | 'unclear'

/** Understands an answer to a yes-or-no question, by key or by the words that it begins with. */
export function readYesOrNo(
  { texts }: Speaker,
  digits: string | undefined,
  speech: string | undefined,
): YesOrNo {
  if (digits) return digits === KEY_YES ? 'yes' : digits === KEY_NO ? 'no' : 'unclear'
  const spoken = `${plainWords(speech ?? '')} `
  const begins = (words: readonly string[]): boolean =>
    words.some((word) => spoken.startsWith(`${plainWords(word)} `))
  if (begins(texts.words.no)) return 'no'
  return begins(texts.words.yes) ? 'yes' : 'unclear'
}

/** Words in small letters with one space between them, and nothing else. */
export function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Whether one of these words begins a word of what was said. */
export function says(speech: string, words: readonly string[]): boolean {
  return countIn(speech, words) > 0
}

function countIn(speech: string, words: readonly string[]): number {
  const spoken = ` ${plainWords(speech)}`
  return words.filter((word) => spoken.includes(` ${word}`)).length
}

function intentOf(speaker: Speaker, said: string): string {
  const hits = speaker.flow.menu.map((entry) => ({
    intent: entry.intent,
    count: countIn(said, menuTexts(speaker, entry).words),
  }))
  const most = Math.max(0, ...hits.map(({ count }) => count))
  const best = hits.find(({ count }) => count > 0 && count === most)
  return best?.intent ?? OTHER_INTENT
}
