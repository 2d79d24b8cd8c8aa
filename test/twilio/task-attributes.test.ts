import { DOMParser } from '@xmldom/xmldom'
import fc from 'fast-check'
import type { CallSession } from '../../src/call/session.ts'
import { unverified } from '../../src/caller/assurance.ts'
import { MAX_TASK_ATTRIBUTES, renderTaskAttributes } from '../../src/twilio/task-attributes.ts'
import { connect } from '../../src/voice/queue-steps.ts'
import type { Routing } from '../../src/voice/route-call.ts'
import { renderTwiml } from '../../src/voice/twiml.ts'
import { speakerOf } from '../support/speaker.ts'

const workflowSid = `WW${'1'.repeat(32)}`
const ROUTING: Routing = {
  kind: 'queue',
  place: { workflowSid },
  priority: 0,
  attempt: 1,
  vip: false,
  preferredAgent: 'grace',
}
const SESSION: CallSession = {
  callSid: `CA${'4'.repeat(32)}`,
  startedAt: '2026-03-02T09:00:00.000Z',
  tier: 'recognized',
  memory: 'available',
  assurance: unverified('landline'),
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  intent: 'refund',
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

describe('the attributes of a task', () => {
  test('say who is calling, how sure that is, and what it is about', () => {
    const attributes = JSON.parse(renderTaskAttributes(SESSION, ROUTING, ['last_issue']))
    expect(attributes).toMatchObject({
      customer_ref: SESSION.customerRef,
      tier: 'recognized',
      memory: 'available',
      assurance: 'none',
      verification: 'landline',
      intent: 'refund',
      attempt: 1,
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
    const { identity_sources } = JSON.parse(renderTaskAttributes(session, ROUTING, []))
    expect(JSON.parse(identity_sources)).toEqual(['ani:mobile', 'recency:6day', 'attestation:A', 'forwarded'])
    const variables = Object.fromEntries(Array.from({ length: 24 }, (_, n) => [`note_${n}`, 'n'.repeat(100)]))
    const full = { ...session, known: { ...known, variables } }
    expect(JSON.parse(renderTaskAttributes(full, ROUTING, []))).toMatchObject({ preferred_agent: 'grace' })
    expect(JSON.parse(renderTaskAttributes(SESSION, ROUTING, []))).not.toHaveProperty('identity_sources')
  })

  test('are at most 1,000 characters of valid JSON, whatever is remembered', () => {
    fc.assert(
      fc.property(anySession, hostile, (session, preferredAgent) => {
        const text = renderTaskAttributes(session, { ...ROUTING, preferredAgent }, [])
        expect(text.length).toBeLessThanOrEqual(MAX_TASK_ATTRIBUTES)
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
        const text = renderTaskAttributes(session, ROUTING, [])
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
    const attributes = JSON.parse(renderTaskAttributes(session, ROUTING, []))
    expect(attributes.preferred_agent).toBe('grace')
    expect(JSON.parse(attributes.open_intents)).toHaveLength(1)
    expect(Object.keys(JSON.parse(attributes.variables)).length).toBeLessThan(24)
  })
})
