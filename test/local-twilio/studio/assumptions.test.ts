import { ASSUMPTIONS } from '../../../local-twilio/src/studio/assumptions/table.ts'
import { matches, runExample } from '../../../local-twilio/src/studio/assumptions/assumption.ts'

describe('what the engine takes for true', () => {
  test.each(ASSUMPTIONS)('$id ($evidence): $says', async ({ shown }) => {
    expect(await shown()).toBe(true)
  })

  test('has a name and a source for each', () => {
    expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(ASSUMPTIONS.length)
    expect(ASSUMPTIONS.every(({ source }) => source.length > 10)).toBe(true)
  })

  test('would be seen not to hold', async () => {
    expect(await matches('yes', 'equal_to', 'no')).toBe(false)
    expect((await runExample([])).end.kind).toBe('broken')
  })

  // Twilio's own examples of conditions.
  test.each([
    ['2019-08-12', 'is_after_date', '2017-09-04', true],
    ['17:00', 'is_before_time', '16:35', false],
    ['Twilio', 'is_blank', '', false],
    ['YES', 'matches_any_of', 'yes, yeah, yup', true],
    ['maybe', 'does_not_match_any_of', 'yes,no', true],
    ['6', 'regex', '[1-5]', false],
    [' Hoot', 'starts_with', 'hoo', true],
    ['Hoot', 'does_not_start_with', 'hoo', false],
    ['aab', 'does_not_contain', 'A', false],
    ['', 'is_not_blank', '', false],
    ['x', 'not_equal_to', 'X', false],
    ['09:00', 'is_after_time', '08:59', true],
    ['2019-01-01', 'is_before_date', '2019-01-02', true],
    ['x', 'no_such_condition', 'x', false],
  ])('takes %j %s %j as %s', async (input, type, value, expected) => {
    expect(await matches(input, type, value)).toBe(expected)
  })
})
