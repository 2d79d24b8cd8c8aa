import { EN } from './en.ts'
import type { TextKey, Texts } from './en.ts'
import { ES } from './es.ts'
import type { Evidence } from '../core/evidence.ts'
import type { Language } from '../core/settings.ts'

/** Says things in one language. */
export interface Say {
  readonly language: Language
  /** A text with its words in braces filled in. */
  readonly text: (key: TextKey, words?: Words) => string
  /** A text that comes in two forms, `<key>_one` and `<key>_other`. */
  readonly counted: (key: CountedKey, count: number) => string
  /** A reason for a confidence. */
  readonly evidence: (evidence: Evidence) => string
  /** `billing_refund` as a person would write it: `Billing refund`. */
  readonly label: (name: string) => string
  /** A time as a local date; the text itself when it is none. */
  readonly date: (iso: string) => string
  /** The name of the language with a tag; the tag itself when nobody knows it. */
  readonly languageName: (tag: string) => string
}

type Words = Readonly<Record<string, string | number>>

/** Texts in two forms, by what they count. */
export type CountedKey = TextKey extends infer Key
  ? Key extends `${infer Stem}_other`
    ? StemOf<Stem>
    : never
  : never
type StemOf<Stem extends string> = `${Stem}_one` extends TextKey ? Stem : never

const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, es: ES }

/** The language to speak: the one that is set, else the one of Flex, else English. */
export function languageOf(set: Language | undefined, flexLanguage: string | undefined): Language {
  return set ?? (flexLanguage?.toLowerCase().startsWith('es') ? 'es' : 'en')
}

/** Creates the voice of the plugin. The time zone is the browser's unless given. */
export function createSay(language: Language, timeZone?: string): Say {
  const texts = TEXTS[language]
  const text: Say['text'] = (key, words = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(words[name] ?? whole))
  const counted: Say['counted'] = (key, count) => text(`${key}_${count === 1 ? 'one' : 'other'}`, { count })
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    ...(timeZone !== undefined && { timeZone }),
  })
  return {
    language,
    text,
    counted,
    label: labelOf,
    evidence: ({ key, count = 0 }) =>
      isCounted(key) ? counted(`evidence_${key}`, count) : text(`evidence_${key}`),
    date: (iso) => {
      const date = new Date(iso)
      return Number.isNaN(date.getTime()) ? iso : format.format(date)
    },
    languageName: (tag) => {
      try {
        return new Intl.DisplayNames([language], { type: 'language' }).of(tag) ?? tag
      } catch {
        return tag
      }
    },
  }
}

const COUNTED_EVIDENCE = ['recency', 'shared', 'confirmed', 'corrected'] as const

function isCounted(key: Evidence['key']): key is (typeof COUNTED_EVIDENCE)[number] {
  return (COUNTED_EVIDENCE as readonly string[]).includes(key)
}

function labelOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
