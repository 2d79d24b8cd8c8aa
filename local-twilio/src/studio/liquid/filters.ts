/**
 * Filters that Twilio's Studio documents, error pages or help articles show, or that exported flows use (read
 * 2026-11). `to_json` is Studio's own.
 */
export const EVIDENCED_FILTERS: ReadonlySet<string> = new Set([
  'to_json',
  'default',
  'plus',
  'replace',
  'url_encode',
  'date',
  'strip',
  'rstrip',
  'downcase',
  'upcase',
  'remove',
  'size',
])

/** Tags with the same evidence. */
export const EVIDENCED_TAGS: ReadonlySet<string> = new Set([
  'assign',
  'if',
  'elsif',
  'else',
  'endif',
  'case',
  'when',
  'endcase',
  'for',
  'endfor',
])

/** The names of all filters and tags that a template uses, texts in quotation marks aside. */
export function wordsOf(template: string): {
  readonly filters: readonly string[]
  readonly tags: readonly string[]
} {
  const bare = template.replace(/(?<=\{[{%][^}]*)("[^"]*"|'[^']*')/g, "''")
  const inside = [...bare.matchAll(/\{\{-?(.*?)-?\}\}|\{%-?(.*?)-?%\}/gs)]
  const filters = inside.flatMap(([, output, tag]) =>
    Array.from((output ?? tag ?? '').matchAll(/\|\s*([A-Za-z_]\w*)/g), ([, name = '']) => name),
  )
  const tags = inside.flatMap(([, , tag]) => (tag ? [tag.trim().split(/\s/)[0] ?? ''] : []))
  return { filters: [...new Set(filters)], tags: [...new Set(tags)] }
}
