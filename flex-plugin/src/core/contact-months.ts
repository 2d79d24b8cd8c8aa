import type { Contact } from './view.ts'

const MONTHS = 12

/** How many contacts there were in each of the last twelve months, the oldest month first. Months are local. */
export function contactsPerMonth(contacts: readonly Contact[], now: Date): readonly number[] {
  const last = now.getFullYear() * 12 + now.getMonth()
  const counts = Array.from({ length: MONTHS }, () => 0)
  for (const { startedAt } of contacts) {
    const date = new Date(startedAt)
    const place = MONTHS - 1 - (last - (date.getFullYear() * 12 + date.getMonth()))
    const count = counts[place]
    if (count !== undefined) counts[place] = count + 1
  }
  return counts
}
