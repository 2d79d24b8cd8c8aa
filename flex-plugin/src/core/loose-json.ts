/** Plain fields of an object whose shape nobody vouches for. */
export type Fields = Readonly<Record<string, unknown>>

const MAX_CHARS = 64_000
const MAX_WRAPS = 3

/**
 * Reads JSON that Studio delivers as a string, that a Function delivers as an object, or that was encoded twice.
 * What cannot be read is undefined.
 */
export function looseJson(value: unknown, wraps = 0): unknown {
  if (typeof value !== 'string') return value
  if (value.length > MAX_CHARS || wraps >= MAX_WRAPS) return undefined
  try {
    return looseJson(JSON.parse(value), wraps + 1)
  } catch {
    return undefined
  }
}

/** The fields of an object; none when it is something else. */
export function fieldsOf(value: unknown): Fields {
  const read = looseJson(value)
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Fields) : {}
}

/** The items of a list; none when it is something else. */
export function itemsOf(value: unknown): readonly unknown[] {
  const read = looseJson(value)
  return Array.isArray(read) ? (read as readonly unknown[]) : []
}

/** A text of at most `maxChars`; undefined when there is none. */
export function textOf(value: unknown, maxChars = 500): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (text === '') return undefined
  return text.length > maxChars ? `${text.slice(0, maxChars - 1)}…` : text
}

/** A number from 0 to 1; undefined when there is none. */
export function shareOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  return Math.min(1, Math.max(0, number))
}
