import { isKeptBack } from '../calls/precedence.ts'
import type { RowValues } from '../store/row-images.ts'

/** What becomes of a row when the customer has one of the same key already. `now` is in epoch milliseconds. */
export type Combine = (own: RowValues | null, other: RowValues, now: number) => RowValues

/** An intent is open when it was for one of the two, and then counts the attempts of both. */
export const combineIntents: Combine = (own, other) => {
  if (own === null) return other
  const isOpen = [own, other].map((row) => row['status'] === 'open')
  const updated_at = Math.max(numberIn(own, 'updated_at'), numberIn(other, 'updated_at'))
  if (isOpen[0] && isOpen[1]) {
    const attempt_count = numberIn(own, 'attempt_count') + numberIn(other, 'attempt_count')
    return { status: 'open', attempt_count, updated_at }
  }
  if (isOpen[0] !== isOpen[1]) return { ...(isOpen[0] ? own : other), updated_at }
  return newer(own, other)
}

/** The newer value wins, except that the IVR does not replace what an agent wrote. */
export const combineVariables: Combine = (own, other, now) => {
  if (own === null || numberIn(own, 'expires_at') <= now) return other
  if (isKeptBack(sourceOf(own), sourceOf(other))) return own
  if (isKeptBack(sourceOf(other), sourceOf(own))) return other
  return newer(own, other)
}

/** A link was seen since the first and until the last of both, and keeps what agents said of either. */
export const combineLinks: Combine = (own, other) =>
  own === null
    ? other
    : {
        kind: own['kind'] ?? null,
        first_seen_at: Math.min(numberIn(own, 'first_seen_at'), numberIn(other, 'first_seen_at')),
        last_seen_at: Math.max(numberIn(own, 'last_seen_at'), numberIn(other, 'last_seen_at')),
        confirmed_count: sumOf(own, other, 'confirmed_count'),
        corrected_count: sumOf(own, other, 'corrected_count'),
      }

/** The number in a column; 0 where there is none. */
export function numberIn(row: RowValues | null, column: string): number {
  return Number(row?.[column] ?? 0)
}

/** A count that nobody has begun stays so. */
function sumOf(a: RowValues, b: RowValues, column: string): number | null {
  if (a[column] === null && b[column] === null) return null
  return numberIn(a, column) + numberIn(b, column)
}

function newer(own: RowValues, other: RowValues): RowValues {
  return numberIn(other, 'updated_at') > numberIn(own, 'updated_at') ? other : own
}

function sourceOf(row: RowValues): string | null {
  return row['source'] as string | null
}
