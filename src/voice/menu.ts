import { MENU, TEXTS } from './texts.ts'

/** What a caller answered to the menu. */
export type MenuAnswer =
  | { readonly kind: 'chosen'; readonly intent: string }
  | { readonly kind: 'said'; readonly intent: string; readonly said: string }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'nothing' }

const MAX_SAID = 500

/** The menu as it is offered. */
export function menuPrompt(): string {
  const offers = MENU.map(({ key, offer }) => TEXTS.pressFor(key, offer))
  return `${TEXTS.ask} ${TEXTS.orPress(offers)}`
}

/** Words that help speech recognition, for `<Gather hints>`. */
export function menuHints(): string {
  return MENU.flatMap(({ words }) => words).join(', ')
}

/**
 * Understands a key or what was said. Speech that fits no entry is a general inquiry in the caller's own
 * words; where several entries fit, the one whose word comes first in the menu's order wins.
 */
export function readMenuAnswer(digits: string | undefined, speech: string | undefined): MenuAnswer {
  if (digits) {
    const chosen = MENU.find(({ key }) => key === digits)
    return chosen ? { kind: 'chosen', intent: chosen.intent } : { kind: 'unknown-key' }
  }
  const said = speech?.trim().slice(0, MAX_SAID)
  if (!said) return { kind: 'nothing' }
  return { kind: 'said', intent: intentOf(said), said }
}

function intentOf(said: string): string {
  const spoken = ` ${said.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')}`
  const hits = MENU.map(({ intent, words }) => ({
    intent,
    count: words.filter((word) => spoken.includes(` ${word}`)).length,
  }))
  const most = Math.max(...hits.map(({ count }) => count))
  const best = hits.find(({ count }) => count > 0 && count === most)
  return best?.intent ?? 'general_inquiry'
}
