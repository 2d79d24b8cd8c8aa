import { axe } from './support/axe.ts'
import { Theme } from '@twilio-paste/core/theme'
import { render, screen } from '@testing-library/react'
import * as React from 'react'
import { CallerContextPanel } from '../src/components/CallerContextPanel.tsx'
import { viewFromAttributes } from '../src/core/from-attributes.ts'
import { createSay } from '../src/strings/say.ts'

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
  ])('survives %s', async (_what, attributes) => {
    const container = show(attributes)
    expect(container.querySelector('script, img')).toBeNull()
    expect(screen.getAllByRole('heading').length).toBeGreaterThan(0)
    expect(await axe(container)).toEqual([])
  })
})
