import { continueCall } from '../../src/call/continue-call.ts'
import type { EarlierCall } from '../../src/call/earlier-call.ts'
import type { CallerContext } from '../../src/memory/caller-memory.ts'

const now = new Date('2026-03-02T09:00:00.000Z')
const EARLIER: EarlierCall = {
  startedAt: '2026-03-02T08:50:00.000Z',
  customerRef: 'a-customer',
  intent: 'refund',
  said: 'Where is my money',
  language: 'es-US',
  saved: false,
}
const KNOWN: CallerContext = {
  customerRef: 'a-customer',
  identity: { confidence: 0.75, level: 'high', sources: ['ani:mobile'], recommendation: 'reuse' },
  openIntents: [
    { intent: 'billing', status: 'open', attempt_count: 1 },
    { intent: 'refund', status: 'open', attempt_count: 1 },
  ],
  variables: { language: { value: 'en-US', source: null, ttl_seconds: 60 } },
}
const lineType = 'unknown'
const other = 'another-customer'
const candidate = { customer_ref: other, confidence: 0.5, last_contact_at: EARLIER.startedAt }

test('adds to what the memory says what it lacks, and nothing to how sure it is', () => {
  const context = continueCall({ earlier: EARLIER, context: KNOWN, lineType, now })
  expect(context?.identity).toBe(KNOWN.identity)
  expect(context?.openIntents).toEqual([
    { intent: 'refund', status: 'open', attempt_count: 2 },
    { intent: 'billing', status: 'open', attempt_count: 1 },
  ])
  expect(context?.variables).toMatchObject({
    last_issue: { value: 'Where is my money' },
    language: { value: 'en-US' },
  })
})

test('weighs the number as the memory does when the memory does not answer', () => {
  const context = continueCall({ earlier: EARLIER, lineType: 'mobile', now })
  expect(context?.identity).toMatchObject({ confidence: 0.95, sources: ['ani:mobile', 'recency:1day'] })
  expect(context).toMatchObject({ customerRef: 'a-customer', variables: { language: { value: 'es-US' } } })
})

test.each([
  ['has the record', { ...EARLIER, saved: true }, KNOWN],
  ['names another customer', EARLIER, { ...KNOWN, customerRef: other }],
  ['knows several people on the line', EARLIER, { ...KNOWN, candidates: [candidate] }],
  [
    'knows nobody any more, though it did',
    EARLIER,
    { ...KNOWN, customerRef: other, identity: { ...KNOWN.identity, confidence: 0 } },
  ],
] as const)('adds nothing when the memory %s', (_case, earlier, context) => {
  expect(continueCall({ earlier, context, lineType, now })).toBeUndefined()
})
