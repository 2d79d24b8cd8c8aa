import type { CallFlow, OpeningHours, Route } from './call-flow.ts'

/** What each text has to hold, so that nothing of it gets lost. Texts that are not named here take nothing. */
const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  lastTimeAbout: ['topic'],
  youSaid: ['words'],
  orPress: ['offers'],
  pressFor: ['key', 'offer'],
  goOnOrOther: ['topic'],
  confirmTopic: ['topic'],
  confirmAccount: ['digits'],
  waitKnown: ['topic'],
}

/**
 * What a call flow of the right shape still has wrong, as lines that name the path and the expected form: what
 * its schema cannot say.
 */
export function problemsOf(flow: CallFlow): readonly string[] {
  return [
    ...languageProblems(flow),
    ...textProblems(flow),
    ...keyProblems(flow),
    ...menuProblems(flow),
    ...hoursProblems(flow.openingHours),
    ...routeProblems('routing.default', flow.routing.default),
  ]
}

function languageProblems({ defaultLanguage, languages, menu }: CallFlow): readonly string[] {
  const tags = Object.keys(languages)
  const known = tags.includes(defaultLanguage)
  const strange = tags.filter((tag) => !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag))
  return [
    ...(known ? [] : [`defaultLanguage: expected a key of languages, for example ${tags[0] ?? 'en-US'}`]),
    ...strange.map((tag) => `languages.${tag}: expected a language tag, for example en-US`),
    ...menu.flatMap(({ texts }, index) =>
      tags
        .filter((tag) => !texts[tag])
        .map((tag) => `menu.${index}.texts.${tag}: expected texts in every language of the file`),
    ),
  ]
}

function textProblems({ languages }: CallFlow): readonly string[] {
  return Object.entries(languages).flatMap(([tag, { texts }]) => {
    const { words, ...spoken } = texts
    const problems = Object.entries(spoken).flatMap(([name, text]) => placeholderProblems(tag, name, text))
    if (words.digits.length === 10) return problems
    return problems.concat(`languages.${tag}.texts.words.digits: expected ten lists, from zero to nine`)
  })
}

function placeholderProblems(tag: string, name: string, text: string): readonly string[] {
  const expected = PLACEHOLDERS[name] ?? []
  const found = Array.from(text.matchAll(/\{(\w+)\}/g), ([, placeholder = '']) => placeholder)
  const fits =
    expected.every((each) => found.includes(each)) && found.every((each) => expected.includes(each))
  const form = expected.length === 0 ? 'nothing in braces' : expected.map((each) => `{${each}}`).join(' and ')
  const path = `languages.${tag}.texts.${name}`
  return [
    ...(text.trim() === '' ? [`${path}: expected words to say`] : []),
    ...(fits ? [] : [`${path}: expected a text with ${form}`]),
  ]
}

function keyProblems({ menu, languages }: CallFlow): readonly string[] {
  const keys = [
    ...menu.map(({ key }, index) => ({ key, path: `menu.${index}.key` })),
    ...Object.entries(languages).flatMap(([tag, { choice }]) =>
      choice ? [{ key: choice.key, path: `languages.${tag}.choice.key` }] : [],
    ),
  ]
  return keys.flatMap(({ key, path }, index) =>
    keys.findIndex((other) => other.key === key) === index
      ? []
      : [`${path}: expected a key that nothing else has, got ${key}`],
  )
}

function menuProblems({ menu }: CallFlow): readonly string[] {
  return menu.flatMap(({ intent, route }, index) => [
    ...(menu.findIndex((other) => other.intent === intent) === index
      ? []
      : [`menu.${index}.intent: expected an intent that no other entry has, got ${intent}`]),
    ...routeProblems(`menu.${index}.route`, route),
  ])
}

function routeProblems(path: string, route: Route | undefined): readonly string[] {
  if (!route || Object.keys(route).length === 1) return []
  return [`${path}: expected exactly one of workflowSid and queue`]
}

function hoursProblems({ timeZone, weekly }: OpeningHours): readonly string[] {
  const ranges = Object.entries(weekly).flatMap(([day, list]: [string, readonly string[]]) =>
    list.map((range, index) => ({ range, path: `openingHours.weekly.${day}.${index}` })),
  )
  return [
    ...(isTimeZone(timeZone)
      ? []
      : ['openingHours.timeZone: expected an IANA name, for example Europe/Berlin']),
    ...ranges
      .filter(({ range }) => range.slice(0, 5) >= range.slice(6))
      .map(({ path, range }) => `${path}: expected an end after the beginning, got ${range}`),
  ]
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
