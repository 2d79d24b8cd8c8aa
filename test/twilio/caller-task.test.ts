import { DOMParser } from '@xmldom/xmldom'
import fc from 'fast-check'
import type { CallSession } from '../../src/call/session.ts'
import { unverified } from '../../src/caller/assurance.ts'
import { callerTask, type CallerTaskParts, MAX_TASK } from '../../src/twilio/caller-task.ts'
import { connect } from '../../src/voice/queue-steps.ts'
import type { Standing } from '../../src/voice/route-call.ts'
import { renderTwiml } from '../../src/voice/twiml.ts'
import { speakerOf } from '../support/speaker.ts'

const workflowSid = `WW${'1'.repeat(32)}`
const STANDING: Standing = { attempt: 1, vip: false, preferredAgent: 'grace' }
const ROUTING = { kind: 'queue', place: { workflowSid }, priority: 0, standing: STANDING } as const
const SESSION: CallSession = {
  callSid: `CA${'4'.repeat(32)}`,
  startedAt: '2026-03-02T09:00:00.000Z',
  tier: 'recognized',
  memory: 'available',
  assurance: unverified('landline'),
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  intent: 'refund',
  said: 'My refund has not arrived',
  language: 'en-US',
  saved: false,
  known: {
    confidence: 0.95,
    level: 'very_high',
    openIntents: [{ intent: 'refund', status: 'open', attempt_count: 2 }],
    variables: { call_date: '2026-03-01T10:00:00.000Z', last_issue: 'My refund', plan: 'gold' },
  },
}
// What Twilio writes into the task itself, after the TaskRouter documentation.
const RESERVED = [
  'call_sid',
  'from',
  'to',
  'caller',
  'called',
  'direction',
  'account_sid',
  'call_status',
  'api_version',
]

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    ']]></Task></Enqueue><Dial>+12025550199</Dial>',
    '"},"tier":"recognized","x":{"',
    '\\'.repeat(200),
    '\uD800\u0000\u202E<&>"',
    '__proto__',
    '\uFFFE\uFFFF',
  ),
)
const anySession = fc
  .record({
    customerRef: hostile,
    intent: hostile,
    said: hostile,
    language: hostile,
    intents: fc.array(fc.record({ intent: hostile, status: hostile, attempt_count: fc.nat() }), {
      maxLength: 8,
    }),
    sources: fc.array(hostile, { maxLength: 12 }),
    variables: fc.dictionary(hostile, hostile, { maxKeys: 24 }),
  })
  .map(({ intents, sources, variables, ...rest }): CallSession => {
    const known = {
      confidence: 0.123456789,
      level: 'medium',
      sources,
      openIntents: intents,
      variables,
    } as const
    return Object.assign({}, SESSION, rest, { known })
  })

const render = (session: CallSession, more: Partial<CallerTaskParts> = {}): string =>
  JSON.stringify(
    callerTask({
      session,
      standing: STANDING,
      from: '+12025550142',
      spoken: ['last_issue'],
      madeBy: 'enqueue',
      ...more,
    }),
  )

describe('the attributes of a task', () => {
  test('say who is calling, how sure that is, and what it is about', () => {
    const attributes = JSON.parse(render(SESSION))
    expect(attributes).toMatchObject({
      customer_ref: SESSION.customerRef,
      tier: 'recognized',
      memory: 'available',
      assurance: 'none',
      verification: 'landline',
      intent: 'refund',
      reason: 'My refund has not arrived',
      language: 'en-US',
      type: 'inbound',
      name: '+12025550142',
      attempt: 1,
      vip: false,
      preferred_agent: 'grace',
      identity_confidence: 0.95,
      identity_level: 'very_high',
      call_start: SESSION.startedAt,
      last_contact_at: '2026-03-01T10:00:00.000Z',
    })
    expect(JSON.parse(attributes.open_intents)).toEqual([
      { intent: 'refund', status: 'open', attempt_count: 2 },
    ])
    expect(Object.keys(JSON.parse(attributes.variables))[0]).toBe('last_issue')
    for (const key of RESERVED) expect(attributes).not.toHaveProperty(key)
  })

  test('say why the memory is sure, as long as there is room', () => {
    const known = { ...SESSION.known!, sources: ['ani:mobile', 'recency:6day'] }
    const session = { ...SESSION, known, attestation: 'A', forwarded: true } as const
    const { identity_sources } = JSON.parse(render(session))
    expect(JSON.parse(identity_sources)).toEqual(['ani:mobile', 'recency:6day', 'attestation:A', 'forwarded'])
    const variables = Object.fromEntries(Array.from({ length: 24 }, (_, n) => [`note_${n}`, 'n'.repeat(100)]))
    const full = { ...session, known: { ...known, variables } }
    expect(JSON.parse(render(full))).toMatchObject({ preferred_agent: 'grace' })
    expect(JSON.parse(render(SESSION))).not.toHaveProperty('identity_sources')
  })

  test('are at most 1,000 characters of valid JSON, whatever is remembered', () => {
    fc.assert(
      fc.property(anySession, hostile, hostile, (session, preferredAgent, from) => {
        const standing = { ...STANDING, preferredAgent }
        const text = render(session, { standing, from, spoken: [], madeBy: 'studio' })
        expect(text.length).toBeLessThanOrEqual(MAX_TASK.length)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_TASK.bytes)
        const attributes = JSON.parse(text)
        expect(attributes.tier).toBe('recognized')
        expect(attributes.assurance).toBe('none')
        expect(Array.isArray(JSON.parse(attributes.open_intents))).toBe(true)
        expect(typeof JSON.parse(attributes.variables)).toBe('object')
      }),
      { numRuns: 300 },
    )
  })

  test('stay one text in the TwiML, and come out of it as they went in', () => {
    fc.assert(
      fc.property(anySession, (session) => {
        const speaker = speakerOf('en-US')
        const text = render(session)
        const twiml = renderTwiml(speaker, connect(speaker, ROUTING, text, 'not_asked'))
        const document = new DOMParser().parseFromString(twiml, 'text/xml')
        const names = Array.from(document.getElementsByTagName('*'), ({ nodeName }) => nodeName)
        expect(names).toEqual(['Response', 'Say', 'Enqueue', 'Task', 'Redirect'])
        expect(document.getElementsByTagName('Task')[0]?.textContent).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  test('keep what routing needs when much is remembered', () => {
    const variables = Object.fromEntries(
      Array.from({ length: 24 }, (_, index) => [`note_${index}`, 'a long note '.repeat(16)]),
    )
    const session = { ...SESSION, known: { ...SESSION.known!, variables } }
    const attributes = JSON.parse(render(session))
    expect(attributes.preferred_agent).toBe('grace')
    expect(JSON.parse(attributes.open_intents)).toHaveLength(1)
    expect(Object.keys(JSON.parse(attributes.variables)).length).toBeLessThan(24)
  })

  test('name the call for Studio only: an enqueued task gets its call from Twilio', () => {
    expect(JSON.parse(render(SESSION, { madeBy: 'studio' })).call_sid).toBe(SESSION.callSid)
    expect(JSON.parse(render(SESSION))).not.toHaveProperty('call_sid')
  })

  test('tell of a new caller nothing that is remembered of somebody else', () => {
    const task = JSON.parse(render({ ...SESSION, tier: 'new' }))
    expect(task).toMatchObject({ open_intents: '[]', variables: '{}', reason: 'My refund has not arrived' })
  })

  test('stay whole in alphabets of three bytes, and drop the least important first', () => {
    const long = '電話'.repeat(200)
    const session = { ...SESSION, intent: long, said: long, customerRef: long }
    const task = JSON.parse(render(session, { from: long, madeBy: 'studio' }))
    expect(task.intent).toMatch(/^(?:電話)+$/)
    expect(task).not.toHaveProperty('reason')
    expect(task.call_start).toBe(SESSION.startedAt)
  })
})
