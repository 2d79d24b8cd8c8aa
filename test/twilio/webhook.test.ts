import fc from 'fast-check'
import { CallerMemoryError } from '../../src/errors.ts'
import { parseCallerInput, parseCount, parseEndedCall, parseInboundCall } from '../../src/twilio/webhook.ts'

const CallSid = `CA${'5'.repeat(32)}`
const INBOUND = {
  CallSid,
  From: '+12025550142',
  To: '+12025550100',
  Direction: 'inbound',
  StirVerstat: 'TN-Validation-Passed-A',
}

describe('a voice webhook', () => {
  test('is read as an inbound call', () => {
    expect(parseInboundCall(INBOUND)).toEqual({
      callSid: CallSid,
      ani: { kind: 'number', e164: '+12025550142' },
      dnis: '+12025550100',
      attestation: { level: 'A', diverted: false },
    })
  })

  test('of a call that we placed has the person in To', () => {
    const call = parseInboundCall({ ...INBOUND, Direction: 'outbound-api' })
    expect(call.ani).toEqual({ kind: 'number', e164: '+12025550100' })
    expect(call.dnis).toBe('+12025550142')
  })

  test('may carry parameters that nobody has announced', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (more) => {
        const call = parseInboundCall({ ...more, ...INBOUND })
        return call.callSid === CallSid && call.ani.kind === 'number'
      }),
    )
  })

  test.each([undefined, '', 'CA123', `CX${'5'.repeat(32)}`, [CallSid], 7])(
    'with CallSid %p is refused',
    (sid) => {
      expect(() => parseInboundCall({ ...INBOUND, CallSid: sid })).toThrow(CallerMemoryError)
    },
  )
})

describe('what a caller answers', () => {
  test('is read only where Twilio sent it', () => {
    expect(parseCallerInput({ Digits: '2', SpeechResult: '' })).toEqual({ digits: '2' })
    expect(parseCallerInput({ SpeechResult: ' my bill ' })).toEqual({ speech: 'my bill' })
    expect(parseCallerInput({})).toEqual({})
  })

  test('names a recording only by a SID', () => {
    const RecordingSid = `RE${'a'.repeat(32)}`
    expect(parseCallerInput({ RecordingSid })).toEqual({ recordingSid: RecordingSid })
    expect(parseCallerInput({ RecordingSid: '</Say>' })).toEqual({})
  })

  test('comes with a counter that is a small number or 0', () => {
    expect(parseCount({ asked: '2' }, 'asked')).toBe(2)
    for (const asked of ['', '-1', '1e9', '99999', 'x', undefined])
      expect(parseCount({ asked }, 'asked')).toBe(0)
  })
})

describe('a status callback', () => {
  test.each(['completed', 'busy', 'failed', 'no-answer', 'canceled'])(
    'with %s ends the call',
    (CallStatus) => {
      expect(parseEndedCall({ ...INBOUND, CallStatus, CallDuration: '42' })).toMatchObject({
        durationSeconds: 42,
      })
    },
  )

  test.each(['queued', 'ringing', 'in-progress', '', undefined])('with %p does not', (CallStatus) => {
    expect(parseEndedCall({ ...INBOUND, CallStatus })).toBeUndefined()
  })

  test('without a sensible duration has lasted 0 seconds', () => {
    for (const CallDuration of [undefined, '', '-3', 'long', 'Infinity']) {
      expect(parseEndedCall({ ...INBOUND, CallStatus: 'completed', CallDuration })?.durationSeconds).toBe(0)
    }
  })
})
