import type { CallFlow, Language, MenuEntry, MenuTexts, Texts } from './call-flow.ts'

/** The call flow in one caller's language: what every sentence is made from. */
export interface Speaker {
  readonly flow: CallFlow
  /** Key of `languages`. */
  readonly tag: string
  readonly voice: string
  readonly texts: Texts
}

/**
 * The speaker for a caller who wishes a language: a tag such as `es-US`, or the first part of one such as `es`.
 * Anything else, also a remembered value that is no tag, gives the default language.
 */
export function speakerFor(flow: CallFlow, wish?: string): Speaker {
  const tag = matchLanguage(flow, wish) ?? flow.defaultLanguage
  const { voice, texts } = languageOf(flow, tag)
  return { flow, tag, voice, texts }
}

/** The language of the flow that fits a wish; undefined when none does. */
export function matchLanguage({ languages }: CallFlow, wish: string | undefined): string | undefined {
  const wanted = wish?.trim().toLowerCase().replace('_', '-')
  if (!wanted) return undefined
  const tags = Object.keys(languages)
  return (
    tags.find((tag) => tag.toLowerCase() === wanted) ??
    tags.find((tag) => firstPart(tag) === firstPart(wanted))
  )
}

function firstPart(tag: string): string | undefined {
  return tag.toLowerCase().split('-')[0]
}

/** Fills in what stands in braces. A value never fills in anything itself. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

/** How the speaker's language speaks of a menu entry. */
export function menuTexts({ tag }: Speaker, { texts }: MenuEntry): MenuTexts {
  return texts[tag] ?? { offer: '', words: [] }
}

function languageOf({ languages, defaultLanguage }: CallFlow, tag: string): Language {
  const language = languages[tag] ?? languages[defaultLanguage]
  if (language) return language
  throw new TypeError('the default language of the call flow has no texts')
}
