import type { Tier } from '../../src/contract.ts'
import type { CallerContext } from '../../src/memory/caller-memory.ts'
import { greet } from '../../src/voice/greeting.ts'
import { speakerOf } from '../support/speaker.ts'

const KNOWN: CallerContext = {
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  identity: { confidence: 0.95, level: 'very_high', sources: ['ani:mobile'], recommendation: 'reuse' },
  openIntents: [{ intent: 'refund', status: 'open', attempt_count: 1 }],
  variables: {
    last_issue: { value: 'My refund for order 1042 has not arrived.', source: null, ttl_seconds: 60 },
    name: { value: 'Ada Lovelace', source: null, ttl_seconds: 60 },
  },
}
const spoken = (
  tier: Tier,
  context: CallerContext | undefined = KNOWN,
  spokenVariables = ['last_issue'],
): string => greet(speakerOf('en', { spokenVariables }), tier, context).join(' ')

describe('the greeting', () => {
  test('of a recognized caller names the open intent and repeats what they told us', () => {
    expect(spoken('recognized')).toBe(
      'Welcome back. Last time, you called about a refund. You told us: My refund for order 1042 has not arrived.',
    )
  })

  test('of a likely caller names the open intent but not their words', () => {
    expect(spoken('likely')).toBe('Welcome back. Last time, you called about a refund.')
  })

  test('of a possible caller gives away nothing that we know', () => {
    expect(spoken('possible')).toBe('Welcome to our support line. It looks as if you may have called before.')
  })

  test('of a new caller, and without any context, is the standard one', () => {
    expect(spoken('new')).toBe('Welcome to our support line.')
    expect(greet(speakerOf('en'), 'recognized', undefined)).toEqual(['Welcome to our support line.'])
  })

  test('speaks only variables that are allowed to be spoken', () => {
    for (const tier of ['recognized', 'likely', 'possible', 'new'] as const) {
      expect(spoken(tier)).not.toContain('Ada')
    }
    expect(spoken('recognized', KNOWN, [])).not.toContain('1042')
    expect(spoken('recognized', KNOWN, ['name'])).toContain('Ada')
  })

  test('names an intent that the menu does not know by its own label', () => {
    const openIntents = [{ intent: 'warranty_claim', status: 'open', attempt_count: 3 }]
    expect(spoken('likely', { ...KNOWN, openIntents })).toBe(
      'Welcome back. Last time, you called about warranty claim.',
    )
  })

  test('does not name an inquiry that says nothing', () => {
    const openIntents = [{ intent: 'general_inquiry', status: 'open', attempt_count: 1 }]
    expect(spoken('likely', { ...KNOWN, openIntents })).toBe('Welcome back.')
  })

  test('of a recognized caller with nothing open repeats what they told us last', () => {
    expect(spoken('recognized', { ...KNOWN, openIntents: [] })).toBe(
      'Welcome back. You told us: My refund for order 1042 has not arrived.',
    )
  })

  test('is in the language that the caller is remembered to speak', () => {
    expect(greet(speakerOf('es-MX'), 'likely', KNOWN).join(' ')).toBe(
      'Gracias por llamarnos de nuevo. La última vez llamó por un reembolso.',
    )
    expect(greet(speakerOf('tlh'), 'new', KNOWN)).toEqual(['Welcome to our support line.'])
  })
})
