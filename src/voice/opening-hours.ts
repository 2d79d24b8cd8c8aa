import type { OpeningHours, WeeklyHours } from './call-flow.ts'

const WEEKDAYS: Readonly<Record<string, keyof WeeklyHours>> = {
  Mon: 'monday',
  Tue: 'tuesday',
  Wed: 'wednesday',
  Thu: 'thursday',
  Fri: 'friday',
  Sat: 'saturday',
  Sun: 'sunday',
}

/** Whether agents take calls at this moment, by the clock on the wall of the centre's time zone. */
export function isOpen(hours: OpeningHours, now: Date): boolean {
  const { weekday, day, time } = wallClock(hours.timeZone, now)
  if (hours.holidays.includes(day)) return false
  const ranges = hours.weekly[weekday] ?? []
  return ranges.some((range) => range.slice(0, 5) <= time && time < range.slice(6))
}

function wallClock(
  timeZone: string,
  now: Date,
): { readonly weekday: keyof WeeklyHours; readonly day: string; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  return {
    weekday: WEEKDAYS[parts['weekday'] ?? ''] ?? 'sunday',
    day: `${parts['year']}-${parts['month']}-${parts['day']}`,
    time: `${parts['hour']}:${parts['minute']}`,
  }
}
