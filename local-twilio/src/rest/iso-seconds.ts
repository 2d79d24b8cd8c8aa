/** A date as Twilio's newer APIs write it: ISO-8601, UTC, whole seconds (`2026-11-20T18:00:00Z`). */
export function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
