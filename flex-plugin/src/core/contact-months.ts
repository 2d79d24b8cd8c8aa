import type { Contact } from './view.ts'

const MONTHS = 12

/** How many contacts there were in each of the last twelve months, the oldest month first. */
export function contactsPerMonth(contacts: readonly Contact[], now: Date): readonly number[] {
  const last = now.getUTCFullYear() * 12 + now.getUTCMonth()
  const counts = Array.from({ length: MONTHS }, () => 0)
  for (const { startedAt } of contacts) {
    const date = new Date(startedAt)
    const place = MONTHS - 1 - (last - (date.getUTCFullYear() * 12 + date.getUTCMonth()))
    const count = counts[place]
    if (count !== undefined) counts[place] = count + 1
  }
  return counts
}
