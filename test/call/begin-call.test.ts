import { beginCall, type InboundCall } from '../../src/call/begin-call.ts'
import { parseAni } from '../../src/caller/ani.ts'
import { parseAttestation } from '../../src/caller/attestation.ts'
import { CallerMemoryError } from '../../src/errors.ts'
import type { CallerContext, CallHints } from '../../src/memory/caller-memory.ts'

const clock = (): Date => new Date('2026-03-02T09:00:00.000Z')
const thresholds = { recognized: 0.9, likely: 0.7, possible: 0.3 }
const callSid = `CA${'2'.repeat(32)}`
const KNOWN: CallerContext = {
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  identity: { confidence: 0.95, level: 'very_high', sources: ['ani:mobile'], recommendation: 'reuse' },
  openIntents: [],
  variables: {},
}

function call(from: string, stir?: string): InboundCall {
  return { callSid, ani: parseAni(from), attestation: parseAttestation(stir), dnis: '+12025550100' }
}

function memoryWith(answer: () => Promise<CallerContext>): {
  asked: CallHints[]
  startCall: (hints: CallHints) => Promise<CallerContext>
} {
  const asked: CallHints[] = []
  const startCall = (hints: CallHints): Promise<CallerContext> => {
    asked.push(hints)
    return answer()
  }
  return { asked, startCall }
}

describe('a call that begins', () => {
  test('carries the customer and the tier in its session', async () => {
    const memory = memoryWith(async () => KNOWN)
    const { session, context, fault } = await beginCall(call('+12025550142'), { memory, clock, thresholds })
    expect(session).toEqual({
      callSid,
      startedAt: '2026-03-02T09:00:00.000Z',
      tier: 'recognized',
      memory: 'available',
      customerRef: KNOWN.customerRef,
      saved: false,
    })
    expect(context).toBe(KNOWN)
    expect(fault).toBeUndefined()
    expect(memory.asked).toEqual([{ callSid, ani: '+12025550142', dnis: '+12025550100' }])
  })

  test.each(['anonymous', '+266696687', '', 'sip:anonymous@anonymous.invalid', 'client:lovelace'])(
    'from %p is never looked up',
    async (from) => {
      const memory = memoryWith(async () => KNOWN)
      const { session, context } = await beginCall(call(from), { memory, clock, thresholds })
      expect(memory.asked).toEqual([])
      expect(session).toMatchObject({ tier: 'new', memory: 'not_asked' })
      expect(session).not.toHaveProperty('customerRef')
      expect(context).toBeUndefined()
    },
  )

  test('tells an unavailable memory apart from an unknown caller', async () => {
    const down = memoryWith(() => Promise.reject(new CallerMemoryError('CM_MEMORY_TIMEOUT', 'late')))
    const begun = await beginCall(call('+12025550142'), { memory: down, clock, thresholds })
    expect(begun.session).toMatchObject({ tier: 'new', memory: 'unavailable' })
    expect(begun.fault?.code).toBe('CM_MEMORY_TIMEOUT')
    const stranger = { ...KNOWN, identity: { ...KNOWN.identity, confidence: 0 } }
    const unknown = await beginCall(call('+12025550142'), {
      memory: memoryWith(async () => stranger),
      clock,
      thresholds,
    })
    expect(unknown.session).toMatchObject({ tier: 'new', memory: 'available' })
  })

  test('with a failed signature check is possible at most', async () => {
    const memory = memoryWith(async () => KNOWN)
    const spoofed = call('+12025550142', 'TN-Validation-Failed')
    const { session } = await beginCall(spoofed, { memory, clock, thresholds })
    expect(session.tier).toBe('possible')
  })
})
