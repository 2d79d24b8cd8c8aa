import type { CallFlow } from '../../../src/voice/call-flow.ts'
import { menuHints, menuPrompt } from '../../../src/voice/menu.ts'
import { speakerFor } from '../../../src/voice/speaker.ts'

/**
 * What a flow may speak of the call flow's file, by placeholder, in one of its languages: `language`, `voice`, `menu`,
 * `hints`, and `text:NAME` for each text. Undefined when the file has no such language.
 */
export function spokenValues(
  flow: CallFlow,
  language: string = flow.defaultLanguage,
): Readonly<Record<string, string>> | undefined {
  if (!(language in flow.languages)) return undefined
  const speaker = speakerFor(flow, language)
  const { yes, no } = speaker.texts.words
  const texts = Object.entries(speaker.texts).filter(([, text]) => typeof text === 'string')
  return {
    language,
    voice: speaker.voice,
    menu: menuPrompt(speaker),
    hints: [...yes.slice(0, 1), ...no.slice(0, 1), menuHints(speaker)].join(', '),
    ...Object.fromEntries(texts.map(([name, text]) => [`text:${name}`, String(text)])),
  }
}
