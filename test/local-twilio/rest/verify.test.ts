import type { LookupQuestion } from '../../../src/config.ts'
import twilio, { type Twilio } from 'twilio'
import { createFaultRegistry } from '../../../local-twilio/src/faults/registry.ts'
import { createServiceFaults } from '../../../local-twilio/src/faults/service-faults.ts'
import { startTwilioApi } from '../../../local-twilio/src/rest/twilio-api.ts'
import { createVerificationStore } from '../../../local-twilio/src/rest/verify/verification-store.ts'
import type { LineFacts } from '../../../src/call/begin-call.ts'
import { createLookup, type LineLookup, type LookupCache } from '../../../src/twilio/lookup.ts'
import { createTwilioHttpClient } from '../../../src/twilio/rest-client.ts'
import { createVerifyCodes } from '../../../src/twilio/verify.ts'

const accountSid = `AC${'7'.repeat(32)}`
const authToken = 'f'.repeat(32)
const serviceSid = `VA${'7'.repeat(32)}`
const MOBILE = '+12025550142'
const LANDLINE = '+12025550180'
const faults = createServiceFaults()
let now = Date.parse('2026-03-02T09:00:00.000Z')
const clock = (): Date => new Date(now)

let api: Awaited<ReturnType<typeof startTwilioApi>>
beforeAll(async () => {
  api = await startTwilioApi({
    accountSid,
    authToken,
    clock,
    log: () => {},
    faults: createFaultRegistry(),
    serviceFaults: faults,
  })
})
afterAll(() => api.close())

const client = (): Twilio => twilio(accountSid, authToken, { httpClient: createTwilioHttpClient(api.url) })
const codes = createVerifyCodes({ client, serviceSid })

async function codeOf(number: string): Promise<string> {
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  const headers = { authorization: `Basic ${credentials}` }
  const answer = await fetch(`${api.url}/_local/codes/${encodeURIComponent(number)}`, { headers })
  return ((await answer.json()) as { code: string }).code
}

describe('one-time codes', () => {
  test('are sent, can be read on this machine only, and are good once', async () => {
    expect(await codes.send(MOBILE, 'es-US')).toBe('sent')
    const code = await codeOf(MOBILE)
    const other = code === '111111' ? '222222' : '111111'
    expect(await codes.check(MOBILE, other)).toBe('wrong')
    expect(await codes.check(MOBILE, code)).toBe('approved')
    expect(await codes.check(MOBILE, code)).toBe('expired')
  })

  test('are no good after ten minutes', async () => {
    await codes.send(MOBILE, 'en-US')
    const code = await codeOf(MOBILE)
    now += 10 * 60 * 1000
    expect(await codes.check(MOBILE, code)).toBe('expired')
  })

  test('cannot be sent to a landline', async () => {
    expect(await codes.send(LANDLINE, 'en-US')).toBe('landline')
  })

  test('cannot be guessed: the sixth check is refused', async () => {
    await codes.send(MOBILE, 'en-US')
    const wrong = (await codeOf(MOBILE)) === '000000' ? '000001' : '000000'
    for (let check = 0; check < 5; check += 1) expect(await codes.check(MOBILE, wrong)).toBe('wrong')
    expect(await codes.check(MOBILE, wrong)).toBe('too-many')
    now += 10 * 60 * 1000
  })

  test.each(['down', '429', '500', '503'] as const)('are unavailable when Verify meets %s', async (fault) => {
    faults.set('verify', fault, 2)
    expect(await codes.send(MOBILE, 'en-US')).toBe('unavailable')
    faults.set('verify', 'none')
  })

  test('are refused as a parameter when they cannot be codes', async () => {
    await expect(
      client().verify.v2.services(serviceSid).verificationChecks.create({ to: MOBILE, code: '1' }),
    ).rejects.toMatchObject({ status: 400, code: 60200 })
    await expect(
      client().verify.v2.services(serviceSid).verifications.create({ to: MOBILE, channel: 'carrier pigeon' }),
    ).rejects.toMatchObject({ status: 400, code: 60200 })
  })

  test('are sent five times in ten minutes, not more', () => {
    const store = createVerificationStore(clock)
    for (let send = 0; send < 5; send += 1) expect(store.send(serviceSid, MOBILE).kind).toBe('sent')
    expect(store.send(serviceSid, MOBILE).kind).toBe('too-many')
  })
})

describe('a Verify that hangs', () => {
  test('is given up after two seconds', async () => {
    jest.useFakeTimers()
    const never = { create: () => new Promise(() => {}) }
    const hung = { verify: { v2: { services: () => ({ verifications: never, verificationChecks: never }) } } }
    const slow = createVerifyCodes({ client: () => hung as unknown as Twilio, serviceSid })
    const outcomes = Promise.all([slow.send(MOBILE, 'en-US'), slow.check(MOBILE, '123456')])
    await jest.advanceTimersByTimeAsync(2_000)
    expect(await outcomes).toEqual(['unavailable', 'unavailable'])
    jest.useRealTimers()
  })
})

describe('a look at a number', () => {
  const lookupWith = (cache: LookupCache, ...questions: readonly LookupQuestion[]): LineLookup =>
    createLookup({ client, questions, cache, hashKey: 'k'.repeat(32), clock })
  const lookUpWith = (cache: LookupCache, ...more: readonly LookupQuestion[]) =>
    lookupWith(cache, 'line_type', ...more).lookUp!

  test.each<[string, LineFacts]>([
    [MOBILE, { lineType: 'mobile', simSwapped: false }],
    [LANDLINE, { lineType: 'landline', simSwapped: false }],
    ['+12025550191', { lineType: 'voip', simSwapped: false }],
    ['+12025550196', { lineType: 'mobile', simSwapped: true }],
  ])('of %s finds %p', async (number, facts) => {
    expect(await lookUpWith(new Map(), 'sim_swap')(number)).toEqual(facts)
    const { simSwapped: _, ...plain } = facts
    expect(await lookUpWith(new Map())(number)).toEqual(plain)
  })

  test('happens once a day, and keeps no number', async () => {
    const cache: LookupCache = new Map()
    const lookUp = lookUpWith(cache)
    await lookUp(MOBILE)
    faults.set('lookups', '500')
    expect(await lookUp(MOBILE)).toEqual({ lineType: 'mobile' })
    now += 24 * 60 * 60 * 1000
    expect(await lookUp(MOBILE)).toBeUndefined()
    faults.set('lookups', 'none')
    expect(JSON.stringify([...cache])).not.toContain('2025550142')
  })

  test('asks nothing that the settings do not ask for', () => {
    expect(lookupWith(new Map())).toEqual({})
    expect(Object.keys(lookupWith(new Map(), 'reassigned'))).toEqual(['wasReassigned'])
  })

  test('tells that a number went to somebody else, once a day', async () => {
    const cache: LookupCache = new Map()
    const { wasReassigned } = lookupWith(cache, 'reassigned')
    const since = '2026-02-01T10:00:00.000Z'
    expect(await wasReassigned?.('+12025550171', since)).toBe(true)
    expect(await wasReassigned?.(MOBILE, since)).toBe(false)
    faults.set('lookups', '500')
    expect(await wasReassigned?.('+12025550171', since)).toBe(true)
    expect(await wasReassigned?.('+12025550172', since)).toBeUndefined()
    faults.set('lookups', 'none')
    expect(await wasReassigned?.('+12025550171', 'some time ago')).toBeUndefined()
    expect(await wasReassigned?.('+493055501710', since)).toBeUndefined()
    expect(JSON.stringify([...cache])).not.toContain('2025550171')
  })
})
