import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EN } from '../../src/strings/en.ts'
import { ES } from '../../src/strings/es.ts'
import { createSay, languageOf } from '../../src/strings/say.ts'

const SRC = join(__dirname, '../../src')
const wordsOf = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

function sources(folder = SRC): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'en.ts' && name !== 'es.ts')
    .map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? sources(path) : readFileSync(path, 'utf8')
    })
    .join('\n')
}

describe('the texts', () => {
  it('have the same names and the same words in braces in both languages', () => {
    expect(Object.keys(ES)).toEqual(Object.keys(EN))
    for (const [key, text] of Object.entries(EN)) {
      expect([key, wordsOf(ES[key as keyof typeof EN])]).toEqual([key, wordsOf(text)])
    }
  })

  it('are all said somewhere', () => {
    const code = sources()
    const stems = [...code.matchAll(/text\(`(\w+_)\$\{|counted\(`?'?(\w+)/g)].map(([, a, b]) => a ?? `${b}_`)
    const isSaid = (key: string): boolean =>
      code.includes(`'${key}'`) || stems.some((stem) => stem.length > 1 && key.startsWith(stem))
    expect(Object.keys(EN).filter((key) => !isSaid(key) && !NOTES.has(key))).toEqual([])
    expect(isSaid('nobody_says_this')).toBe(false)
  })

  it('follow the setting, then Flex, then English', () => {
    expect(languageOf('en', 'es-MX')).toBe('en')
    expect(languageOf(undefined, 'es-MX')).toBe('es')
    expect(languageOf(undefined, 'de')).toBe('en')
    expect(languageOf(undefined, undefined)).toBe('en')
  })

  it('show times in the zone of the browser, and what is no time as it is', () => {
    expect(createSay('en', 'America/New_York').date('2026-11-14T09:30:00Z')).toBe('Nov 14, 2026, 4:30 AM')
    expect(createSay('es', 'UTC').date('2026-11-14T09:30:00Z')).toBe('14 nov 2026, 9:30')
    expect(createSay('en', 'UTC').date('yesterday')).toBe('yesterday')
  })
})

/** Said by the kind of a note (CallerActions). */
const NOTES: ReadonlySet<string> = new Set([
  'busy',
  'confirmed',
  'unlinked',
  'undone',
  'copied',
  'copy_failed',
])
