import { menuHints, menuPrompt } from './menu.ts'
import { TEXTS } from './texts.ts'
import type { VoiceStep } from './twiml.ts'

/** How often the menu is offered before the call leads on without an answer. */
export const MENU_TRIES = 2

const LEAD_ON: VoiceStep = { kind: 'redirect', to: '/connect-agent' }

/** Asks what the call is about, for the time after `asked` times. Silence asks again, then leads on. */
export function askTopic(asked: number, understood: boolean): readonly VoiceStep[] {
  const apology: readonly VoiceStep[] = understood ? [] : [{ kind: 'say', text: TEXTS.notUnderstood }]
  if (asked >= MENU_TRIES) return [...apology, LEAD_ON]
  const again = `/next-step?asked=${asked + 1}`
  return [
    ...apology,
    { kind: 'ask', prompts: [menuPrompt()], hints: menuHints(), action: again },
    { kind: 'redirect', to: again },
  ]
}

/** Thanks the caller for the answer and leads on. */
export function thankForTopic(): readonly VoiceStep[] {
  return [{ kind: 'say', text: TEXTS.thanks }, LEAD_ON]
}

/** Leads on without a word, when the menu itself failed. */
export function skipMenu(): readonly VoiceStep[] {
  return [LEAD_ON]
}
