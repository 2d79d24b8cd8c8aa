import * as fc from 'fast-check'
import { hear } from '../../../../local-twilio/src/voice/verbs/gather-input.ts'

const listening = fc.record({
  input: fc.constant(['dtmf'] as const),
  timeoutSeconds: fc.integer({ min: 1, max: 30 }),
  speechTimeoutSeconds: fc.constant(1),
  finishOnKey: fc.constantFrom('', '#', '*', '5'),
  numDigits: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
})
const pressed = fc.string({ unit: fc.constantFrom(...Array.from('0123456789*#')), maxLength: 12 })

describe('keys that were pressed', () => {
  test('count from the first one, up to the finish key and the number that is wanted', () => {
    fc.assert(
      fc.property(listening, pressed, (line, digits) => {
        const { input, seconds } = hear(line, { kind: 'press', digits })
        const taken = input.kind === 'digits' ? input.digits : ''
        expect(digits.startsWith(taken)).toBe(true)
        expect(taken.length).toBeLessThanOrEqual(line.numDigits ?? 12)
        expect(taken).not.toContain(line.finishOnKey || 'no key')
        expect(input.kind === 'nothing').toBe(digits === '' || digits.startsWith(line.finishOnKey || '-'))
        expect(seconds).toBeGreaterThan(0)
      }),
    )
  })

  test('are sent at once when they are complete, otherwise after the timeout', () => {
    const line = {
      input: ['dtmf'] as const,
      timeoutSeconds: 5,
      speechTimeoutSeconds: 5,
      finishOnKey: '#',
      numDigits: 2,
    }
    expect(hear(line, { kind: 'press', digits: '12' }).seconds).toBe(1)
    expect(hear(line, { kind: 'press', digits: '1#' }).seconds).toBe(0.5)
    expect(hear(line, { kind: 'press', digits: '1' }).seconds).toBe(5.5)
  })
})
