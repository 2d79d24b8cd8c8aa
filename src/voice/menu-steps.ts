import { fill, type Speaker } from './speaker.ts'
import type { NamedTopic } from './greeting.ts'
import { KEY_NO, KEY_YES, menuHints, menuPrompt } from './menu.ts'
import type { VoiceStep } from './twiml.ts'

/** How often a question is asked before the call leads on without an answer. */
export const MENU_TRIES = 2

const LEAD_ON: VoiceStep = { kind: 'redirect', to: '/connect-agent' }

/** A question, for the time after `asked` times. */
export interface MenuQuestion {
  /** How often it was asked before. */
  readonly asked: number
  /** Whether the last answer could be understood. */
  readonly understood: boolean
  /** Whether the caller may still choose a language: only once, so that nobody goes round in a circle. */
  readonly mayChooseLanguage: boolean
}

/** Asks what the call is about. Silence asks again, then leads on. */
export function askTopic(speaker: Speaker, question: MenuQuestion): readonly VoiceStep[] {
  const { asked, mayChooseLanguage } = question
  if (asked >= MENU_TRIES) return [...apologise(speaker, question), LEAD_ON]
  const again = `/next-step?asked=${asked + 1}${mayChooseLanguage ? '' : '&language=chosen'}`
  return [
    ...apologise(speaker, question),
    {
      kind: 'ask',
      prompts: [menuPrompt(speaker)],
      ...(mayChooseLanguage && asked === 0 && { otherLanguages: languageOffers(speaker) }),
      hints: menuHints(speaker),
      action: again,
    },
    { kind: 'redirect', to: again },
  ]
}

/** Asks a returning caller whether the call is about the open matter. Silence asks again, then leads on. */
export function askGoOn(
  speaker: Speaker,
  { topic }: NamedTopic,
  question: MenuQuestion,
): readonly VoiceStep[] {
  const { asked, mayChooseLanguage } = question
  if (asked >= MENU_TRIES) return [...apologise(speaker, question), LEAD_ON]
  const chosen = mayChooseLanguage ? '' : '&language=chosen'
  const again = `/next-step?open=yes&asked=${asked + 1}${chosen}`
  const { goOn, other } = speaker.texts.words
  return [
    ...apologise(speaker, question),
    {
      kind: 'ask',
      prompts: [fill(speaker.texts.goOnOrOther, { topic })],
      ...(mayChooseLanguage && asked === 0 && { otherLanguages: languageOffers(speaker) }),
      hints: [...goOn, ...other, KEY_YES, KEY_NO].join(', '),
      action: again,
    },
    { kind: 'redirect', to: again },
  ]
}

/** Thanks the caller for the answer and leads on. */
export function thankForTopic({ texts }: Speaker, to: string): readonly VoiceStep[] {
  return [
    { kind: 'say', text: texts.thanks },
    { kind: 'redirect', to },
  ]
}

/** Leads on without a word, when the menu itself failed. */
export function skipMenu(): readonly VoiceStep[] {
  return [LEAD_ON]
}

function apologise({ texts }: Speaker, { understood }: MenuQuestion): readonly VoiceStep[] {
  return understood ? [] : [{ kind: 'say', text: texts.notUnderstood }]
}

/** Each other language's offer of itself, in its own voice. */
function languageOffers({ flow, tag }: Speaker): readonly { readonly text: string; readonly tag: string }[] {
  return Object.entries(flow.languages).flatMap(([other, { choice }]) =>
    choice && other !== tag ? [{ text: choice.offer, tag: other }] : [],
  )
}
