import {
  beginCall,
  type BeginCallOptions,
  type InboundCall,
  type LineFacts,
} from '../../src/call/begin-call.ts'
import { createSealer } from '../../src/call/saving/seal.ts'
import { parseAni } from '../../src/caller/ani.ts'
import { parseAttestation } from '../../src/caller/attestation.ts'
import { CallerMemoryError } from '../../src/errors.ts'
import type { CallerContext, CallHints } from '../../src/memory/caller-memory.ts'

const clock = (): Date => new Date('2026-03-02T09:00:00.000Z')
const SETTINGS: Omit<BeginCallOptions, 'memory'> = {
  clock,
  thresholds: { recognized: 0.9, likely: 0.7, possible: 0.3 },
  timeoutMs: 1_500,
  firstVariables: [],
  languageOf: (remembered = 'en-US') => remembered,
}
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
    const { session, context, fault } = await beginCall(call('+12025550142'), { ...SETTINGS, memory })
    expect(session).toEqual({
      callSid,
      startedAt: '2026-03-02T09:00:00.000Z',
      tier: 'recognized',
      memory: 'available',
      assurance: { level: 'none', verification: 'not_asked' },
      language: 'en-US',
      known: {
        confidence: 0.95,
        level: 'very_high',
        sources: ['ani:mobile'],
        openIntents: [],
        variables: {},
      },
      customerRef: KNOWN.customerRef,
      saved: false,
    })
    expect(context).toBe(KNOWN)
    expect(fault).toBeUndefined()
    expect(memory.asked).toEqual([{ callSid, ani: '+12025550142', dnis: '+12025550100' }])
  })

  test('keeps the number sealed while the memory is away, and not at all without a key', async () => {
    const memory = memoryWith(() => Promise.reject(new CallerMemoryError('CM_MEMORY_TIMEOUT', 'late')))
    const sealer = createSealer(['a1'.repeat(32)])
    const { session } = await beginCall(call('+12025550142'), { ...SETTINGS, memory, sealer })
    expect(sealer.open(session.saves?.caller ?? '', callSid)).toBe('+12025550142')
    expect(JSON.stringify(session)).not.toContain('2025550142')
    const keyless = { ...SETTINGS, memory, sealer: createSealer([]) }
    expect((await beginCall(call('+12025550142'), keyless)).session).not.toHaveProperty('saves')
  })

  test.each(['anonymous', '+266696687', '', 'sip:anonymous@anonymous.invalid', 'client:lovelace'])(
    'from %p is never looked up',
    async (from) => {
      const memory = memoryWith(async () => KNOWN)
      const { session, context } = await beginCall(call(from), { ...SETTINGS, memory })
      expect(memory.asked).toEqual([])
      expect(session).toMatchObject({ tier: 'new', memory: 'not_asked' })
      expect(session).not.toHaveProperty('customerRef')
      expect(context).toBeUndefined()
    },
  )

  test('tells an unavailable memory apart from an unknown caller', async () => {
    const down = memoryWith(() => Promise.reject(new CallerMemoryError('CM_MEMORY_TIMEOUT', 'late')))
    const begun = await beginCall(call('+12025550142'), { ...SETTINGS, memory: down })
    expect(begun.session).toMatchObject({ tier: 'new', memory: 'unavailable' })
    expect(begun.fault?.code).toBe('CM_MEMORY_TIMEOUT')
    const stranger = { ...KNOWN, identity: { ...KNOWN.identity, confidence: 0 } }
    const unknown = await beginCall(call('+12025550142'), {
      ...SETTINGS,
      memory: memoryWith(async () => stranger),
    })
    expect(unknown.session).toMatchObject({ tier: 'new', memory: 'available' })
  })

  test('with a failed signature check is possible at most', async () => {
    const memory = memoryWith(async () => KNOWN)
    const spoofed = call('+12025550142', 'TN-Validation-Failed')
    const { session } = await beginCall(spoofed, { ...SETTINGS, memory })
    expect(session.tier).toBe('possible')
  })

  test('is attested when the carrier vouches for a recognized caller', async () => {
    const memory = memoryWith(async () => KNOWN)
    const vouched = call('+12025550142', 'TN-Validation-Passed-A')
    expect((await beginCall(vouched, { ...SETTINGS, memory })).session.assurance.level).toBe('attested')
  })

  test('tells the memory what kind of line it is, when Lookup knows in time', async () => {
    const memory = memoryWith(async () => KNOWN)
    const lookUp = async (): Promise<LineFacts> => ({ lineType: 'landline' })
    const { session } = await beginCall(call('+12025550142'), { ...SETTINGS, memory, lookUp })
    expect(memory.asked).toMatchObject([{ lineType: 'landline' }])
    expect(session.lineType).toBe('landline')
  })

  test('does not wait for a Lookup that hangs longer than a quarter of its time', async () => {
    const memory = memoryWith(async () => KNOWN)
    const lookUp = (): Promise<LineFacts> => new Promise(() => {})
    const { session } = await beginCall(call('+12025550142'), { ...SETTINGS, timeoutMs: 40, memory, lookUp })
    expect(memory.asked).toEqual([{ callSid, ani: '+12025550142', dnis: '+12025550100' }])
    expect(session.tier).toBe('recognized')
  })

  test('asks the memory again without the line type when a repeated webhook knows another one', async () => {
    const conflict = new CallerMemoryError('CM_MEMORY_CONFLICT', 'the memory answered 409')
    const asked: CallHints[] = []
    const startCall = async (hints: CallHints): Promise<CallerContext> => {
      asked.push(hints)
      if (hints.lineType) throw conflict
      return KNOWN
    }
    const lookUp = async (): Promise<LineFacts> => ({ lineType: 'mobile' })
    const begun = await beginCall(call('+12025550142'), { ...SETTINGS, memory: { startCall }, lookUp })
    expect(asked.map(({ lineType }) => lineType)).toEqual(['mobile', undefined])
    expect(begun.session.memory).toBe('available')
  })

  test('is not attested when the SIM card of the number was exchanged lately', async () => {
    const memory = memoryWith(async () => KNOWN)
    const lookUp = async (): Promise<LineFacts> => ({ lineType: 'mobile', simSwapped: true })
    const vouched = call('+12025550142', 'TN-Validation-Passed-A')
    const { session } = await beginCall(vouched, { ...SETTINGS, memory, lookUp })
    expect(session).toMatchObject({ assurance: { level: 'none' }, simSwapped: true })
  })

  const LAST = '2026-02-01T10:00:00.000Z'
  const CALLED: CallerContext = {
    ...KNOWN,
    variables: { call_date: { value: LAST, source: null, ttl_seconds: 60 } },
  }

  test('recognizes nobody by a number that went to somebody else since they called', async () => {
    const memory = memoryWith(async () => CALLED)
    const asked: string[] = []
    const wasReassigned = async (e164: string, since: string): Promise<boolean> => {
      asked.push(`${e164} ${since}`)
      return true
    }
    const vouched = call('+12025550142', 'TN-Validation-Passed-A')
    const { session, context } = await beginCall(vouched, { ...SETTINGS, memory, wasReassigned })
    expect(asked).toEqual([`+12025550142 ${LAST}`])
    expect(session).toMatchObject({ tier: 'new', reassigned: true, assurance: { level: 'none' } })
    expect(context?.identity.sources).toContain('reassigned')
  })

  test('goes on without knowing whether the number was reassigned when that takes too long', async () => {
    const memory = memoryWith(async () => CALLED)
    const wasReassigned = (): Promise<boolean> => new Promise(() => {})
    const options = { ...SETTINGS, timeoutMs: 40, memory, wasReassigned }
    expect((await beginCall(call('+12025550142'), options)).session.tier).toBe('recognized')
  })

  test('does not ask about reassignment for a caller who is no customer, or never called', async () => {
    const wasReassigned = jest.fn(async () => true)
    const stranger = { ...CALLED, identity: { ...KNOWN.identity, confidence: 0.1 } }
    for (const answer of [KNOWN, stranger]) {
      await beginCall(call('+12025550142'), {
        ...SETTINGS,
        memory: memoryWith(async () => answer),
        wasReassigned,
      })
    }
    expect(wasReassigned).not.toHaveBeenCalled()
  })

  test('tells the memory what the network says, and less when a second webhook is told less', async () => {
    const memory = memoryWith(async () => KNOWN)
    await beginCall(call('+12025550142', 'TN-Validation-Passed-B-Diverted'), { ...SETTINGS, memory })
    expect(memory.asked).toMatchObject([{ attestation: 'B', forwarded: true }])
    const conflict = new CallerMemoryError('CM_MEMORY_CONFLICT', 'the memory answered 409')
    const startCall = async (hints: CallHints): Promise<CallerContext> => {
      if (hints.attestation) throw conflict
      return KNOWN
    }
    const { session } = await beginCall(call('+12025550142', 'TN-Validation-Passed-A'), {
      ...SETTINGS,
      memory: { startCall },
    })
    expect(session.memory).toBe('available')
  })
})
