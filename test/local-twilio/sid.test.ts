import { newSid } from '../../local-twilio/src/sid.ts'

test('a sid is its prefix and 32 hexadecimal digits, never the same twice', () => {
  expect(newSid('CA')).toMatch(/^CA[\da-f]{32}$/)
  expect(newSid('CA')).not.toBe(newSid('CA'))
})
