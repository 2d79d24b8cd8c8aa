import fc from 'fast-check'
import { isOpen } from '../../src/voice/opening-hours.ts'

const HOURS = {
  timeZone: 'America/New_York',
  weekly: { monday: ['09:00-12:30', '13:00-17:00'], friday: ['20:00-24:00'], saturday: ['00:00-02:00'] },
  holidays: ['2026-12-25'],
}
const openAt = (utc: string, timeZone = HOURS.timeZone): boolean =>
  isOpen({ ...HOURS, timeZone }, new Date(utc))

describe('the opening hours', () => {
  test.each([
    ['2026-11-23T13:59:59Z', false],
    ['2026-11-23T14:00:00Z', true],
    ['2026-11-23T17:29:59Z', true],
    ['2026-11-23T17:30:00Z', false],
    ['2026-11-23T18:00:00Z', true],
    ['2026-11-23T22:00:00Z', false],
    ['2026-11-22T15:00:00Z', false],
  ])('at %s are open: %p', (utc, expected) => {
    expect(openAt(utc)).toBe(expected)
  })

  test('follow the clock on the wall when it changes to summer time', () => {
    expect(openAt('2026-07-06T13:00:00Z')).toBe(true)
    expect(openAt('2026-07-06T12:59:00Z')).toBe(false)
  })

  test('may go over midnight as two days', () => {
    expect(openAt('2026-11-21T04:59:00Z')).toBe(true)
    expect(openAt('2026-11-21T05:00:00Z')).toBe(true)
    expect(openAt('2026-11-21T07:00:00Z')).toBe(false)
  })

  test('are closed on a holiday of the time zone, not of the clock in Greenwich', () => {
    expect(openAt('2026-12-26T01:30:00Z')).toBe(false)
    expect(openAt('2026-12-26T05:30:00Z')).toBe(true)
  })

  test('of a centre that never closes are open at any moment anywhere', () => {
    const day = ['00:00-24:00']
    const weekly = {
      monday: day,
      tuesday: day,
      wednesday: day,
      thursday: day,
      friday: day,
      saturday: day,
      sunday: day,
    }
    const zones = fc.constantFrom('America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC')
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), zones, (now, timeZone) => {
        expect(isOpen({ timeZone, weekly, holidays: [] }, now)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})
