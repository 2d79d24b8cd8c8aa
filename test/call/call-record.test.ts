import { recordOf } from '../../src/call/call-record.ts'
import type { CallSession } from '../../src/call/session.ts'
import { parseAni } from '../../src/caller/ani.ts'

const callSid = `CA${'3'.repeat(32)}`
const SESSION: CallSession = {
  callSid,
  startedAt: '2026-03-02T09:00:00.000Z',
  tier: 'recognized',
  memory: 'available',
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  intent: 'refund',
  said: 'My refund has not arrived',
  saved: false,
}
const ended = (from: string): Parameters<typeof recordOf>[0] => ({
  callSid,
  ani: parseAni(from),
  durationSeconds: 42,
})

describe('the record of a call', () => {
  test('holds what it was about, in the words of the caller, and how long it took', () => {
    expect(recordOf(ended('+12025550142'), SESSION)).toEqual({
      callSid,
      customerRef: SESSION.customerRef,
      intent: 'refund',
      intentStatus: 'open',
      variables: {
        last_issue: 'My refund has not arrived',
        call_date: '2026-03-02T09:00:00.000Z',
        call_duration_seconds: '42',
      },
    })
  })

  test('is the same each time, so that a repeated callback can be replayed', () => {
    const once = JSON.stringify(recordOf(ended('+12025550142'), SESSION))
    expect(JSON.stringify(recordOf(ended('+12025550142'), SESSION))).toBe(once)
  })

  test('finds the customer by number when the session was lost', () => {
    const record = recordOf(ended('+12025550142'), undefined)
    expect(record).toMatchObject({
      ani: '+12025550142',
      intent: 'general_inquiry',
      intentStatus: 'abandoned',
    })
    expect(record).not.toHaveProperty('customerRef')
  })

  test('does not exist for a withheld caller', () => {
    const { customerRef: _, ...nameless } = SESSION
    expect(recordOf(ended('anonymous'), { ...nameless, memory: 'not_asked' })).toBeUndefined()
    expect(recordOf(ended('+266696687'), undefined)).toBeUndefined()
  })

  test('is kept open only for a caller who said what it was about', () => {
    const { intent: _, said: __, ...silent } = SESSION
    expect(recordOf(ended('+12025550142'), silent)?.intentStatus).toBe('abandoned')
  })
})
