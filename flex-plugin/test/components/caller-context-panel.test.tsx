import { axe } from '../support/axe.ts'
import { Theme } from '@twilio-paste/core/theme'
import { render, screen } from '@testing-library/react'
import * as React from 'react'
import { CallerContextPanel } from '../../src/components/CallerContextPanel.tsx'
import { viewFromAttributes } from '../../src/core/from-attributes.ts'
import { createSay } from '../../src/strings/say.ts'

const say = createSay('en', 'UTC')
const NOW = new Date('2026-11-20T12:00:00Z')

function show(attributes: unknown): HTMLElement {
  const { container } = render(
    <Theme.Provider theme="default">
      <CallerContextPanel view={viewFromAttributes(attributes)} isLoading={false} say={say} now={NOW} />
    </Theme.Provider>,
  )
  return container
}

const KNOWN = {
  from: '+12025550123',
  call_sid: `CA${'1'.repeat(32)}`,
  tier: 'recognized',
  memory: 'available',
  customer_ref: '7f0e4c1a-0000-4000-8000-000000000001',
  identity_confidence: 0.95,
  identity_level: 'very_high',
  identity_sources: '["ani:mobile","recency:6day","attestation:A"]',
  last_contact_at: '2026-11-14T09:30:00Z',
  open_intents: '[{"intent":"billing_refund","status":"open","attempt_count":2}]',
  variables: '{"name":{"value":"Ada Example"},"case_state":{"value":"pending_approval"}}',
}

describe('the panel', () => {
  it('says who is calling, how sure that is, why, and what is open', async () => {
    const container = show(KNOWN)
    expect(screen.getByRole('heading', { name: 'Recognized caller' })).toBeVisible()
    expect(screen.getByText('Confidence 95 % · very high')).toBeVisible()
    expect(screen.getByText('Last contact 6 days ago')).toBeVisible()
    expect(screen.getByText('2 attempts')).toBeVisible()
    expect(screen.getByText('Go on with Billing refund. Do not ask again what is known.')).toBeVisible()
    expect(screen.getByText('Pending approval')).toBeVisible()
    expect(await axe(container)).toEqual([])
  })

  it('never calls a caller new when the memory could not be asked', () => {
    show({ ...KNOWN, memory: 'unavailable', tier: 'new' })
    expect(screen.getByRole('heading', { name: 'Caller history is not available' })).toBeVisible()
    expect(screen.queryByText(/New caller/)).toBeNull()
  })

  it('asks to confirm a possible match before anything of it is used', () => {
    show({ ...KNOWN, tier: 'possible', identity_confidence: '0.4' })
    expect(screen.getByText(/Ask the caller to confirm/)).toBeVisible()
    expect(screen.getByText('Confidence 40 % · low')).toBeVisible()
  })

  it.each([
    ['recognized', {}, 'Recognized caller', 'Go on with Billing refund. Do not ask again what is known.'],
    ['likely', { tier: 'likely' }, 'Probably a known caller', /Go on with/],
    ['possible', { tier: 'possible' }, 'Possible match', /May I check your name/],
    ['new', { tier: 'new' }, 'New caller', undefined],
    ['withheld', { memory: 'not_asked' }, 'Number withheld', undefined],
    ['unavailable', { memory: 'unavailable' }, 'Caller history is not available', /as with a new caller/],
    [
      'unlinked',
      { caller_context: '{"correction":"wrong_person"}' },
      'Somebody else',
      'Ask for details as with a new caller.',
    ],
    ['confirmed', { caller_context: { correction: 'another' } }, 'Confirmed caller', /Go on with/],
    ['with a wrong code', { verification: 'code_wrong' }, 'Recognized caller', /Verify who is calling/],
    [
      'with a forged number',
      { identity_sources: '["attestation:failed"]' },
      'Recognized caller',
      /Verify who/,
    ],
    [
      'after three attempts',
      { open_intents: '[{"intent":"x","attempt_count":3}]' },
      'Recognized caller',
      /Escalate: X/,
    ],
    ['with nothing open', { open_intents: '[]' }, 'Recognized caller', 'Greet as a known customer.'],
  ])('shows a caller who is %s, with what to do first', async (_state, attributes, heading, suggestion) => {
    const container = show({ ...KNOWN, ...attributes })
    expect(screen.getByRole('heading', { name: heading })).toBeVisible()
    expect(screen.queryAllByText(suggestion ?? 'Suggested')).toHaveLength(suggestion === undefined ? 0 : 1)
    expect(await axe(container)).toEqual([])
  })

  it('shows nothing of a person whom an agent ruled out, even while the task still carries it', () => {
    show({ ...KNOWN, caller_context: { correction: 'wrong_person' } })
    expect(screen.queryByText('Ada Example')).toBeNull()
    expect(screen.queryByText(/Confidence/)).toBeNull()
    expect(screen.queryByText('2 attempts')).toBeNull()
  })

  it.each([
    [
      { assurance: 'verified', verification: 'code' },
      'Verified: read back a code sent to the calling number',
    ],
    [{ assurance: 'attested', verification: 'not_asked' }, 'Number attested by the network'],
    [{ assurance: 'none', verification: 'landline' }, 'Not verified: a landline cannot receive a code'],
    [{ assurance: 'sure', verification: '__proto__' }, 'Not verified: not asked for'],
  ])('says how the caller was verified, or why not: %j', (attributes, words) => {
    show({ ...KNOWN, ...attributes })
    expect(screen.getByText(words)).toBeVisible()
  })

  it('shows the language, the preferred agent and a VIP', () => {
    show({ ...KNOWN, language: 'es-ES', preferred_agent: 'grace', vip: true })
    expect(screen.getByText('European Spanish')).toBeVisible()
    expect(screen.getByText('grace')).toBeVisible()
    expect(screen.getByText('VIP')).toBeVisible()
  })

  it('does not call somebody new whom nobody looked up', () => {
    show({ from: '+12025550123', call_sid: 'CA1', direction: 'outbound' })
    expect(screen.getByRole('heading', { name: 'No caller history' })).toBeVisible()
  })

  it.each([
    ['nothing', undefined],
    ['a text', 'no json'],
    ['JSON encoded twice', JSON.stringify(JSON.stringify(KNOWN))],
    ['ten kilobytes', { ...KNOWN, variables: JSON.stringify({ x: 'y'.repeat(10_000) }) }],
    [
      'hostile texts',
      { ...KNOWN, variables: '{"<img src=x onerror=alert(1)>":"</script><script>alert(1)</script>"}' },
    ],
    ['wrong types', { ...KNOWN, open_intents: 5, variables: [1], identity_confidence: 'much', tier: {} }],
    ['an empty list', []],
    ['sources that are no texts', { ...KNOWN, identity_sources: '[{}, null, 7, ["x"]]' }],
    ['a language that is none', { ...KNOWN, language: '<b>' }],
    ['names of built-in fields', { ...KNOWN, variables: '{"__proto__":{"value":"x"},"constructor":"y"}' }],
    ['deep nesting', { ...KNOWN, variables: `${'['.repeat(9_000)}${']'.repeat(9_000)}` }],
    ['a reference that is an object', { ...KNOWN, customer_ref: { toString: 5 } }],
    ['no number', null],
  ])('survives %s', async (_what, attributes) => {
    const container = show(attributes)
    expect(container.querySelector('script, img')).toBeNull()
    expect(screen.getAllByRole('heading').length).toBeGreaterThan(0)
    expect(await axe(container)).toEqual([])
  })
})
