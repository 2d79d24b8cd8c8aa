import type { CallerPanelResponse } from '../../../src/flex-contract.ts'

/** A call of somebody whom the memory recognizes, as the Functions answer it. */
export const ANSWER: CallerPanelResponse = {
  call_sid: 'CA1',
  customer_ref: 'ref-1',
  tier: 'recognized',
  identity: { confidence: 0.95, level: 'very_high', sources: ['ani:mobile'] },
  assurance: 'none',
  verification: 'not_asked',
  attestation: null,
  forwarded: false,
  correction: null,
  memory: 'available',
  call_start: '2026-11-20T12:00:00.000Z',
  intent: 'refund',
  said: null,
  saved: false,
  customer_state: 'available',
  customer: {
    customer_ref: 'ref-1',
    created_at: '2026-01-01T00:00:00.000Z',
    last_contact_at: '2026-11-14T09:30:00.000Z',
    identity: { confidence: 0.95, level: 'very_high', sources: ['ani:mobile'], recommendation: 'reuse' },
    open_intents: [{ intent: 'refund', status: 'open', attempt_count: 3 }],
    settled_intents: [
      { intent: 'address_change', status: 'expired', settled_at: '2026-10-01T10:00:00.000Z' },
    ],
    variables: {
      name: { value: 'Ada Example', source: 'agent', ttl_seconds: 100_000 },
      plan: { value: 'gold', source: 'ivr', ttl_seconds: 9_000_000 },
    },
    calls: [
      {
        call_start: '2026-11-20T12:00:00.000Z',
        call_end: null,
        duration_seconds: null,
        intent: null,
        intent_status: null,
        intents: [],
      },
      {
        call_start: '2026-11-14T09:30:00.000Z',
        call_end: '2026-11-14T09:34:00.000Z',
        duration_seconds: 240,
        intent: 'refund',
        intent_status: 'open',
        intents: [
          { intent: 'refund', intent_status: 'open' },
          { intent: 'invoice', intent_status: 'resolved' },
        ],
      },
    ],
    links: [],
    merged: [],
  },
  candidates: [],
  pending_saves: { pending: 0, set_aside: 0, more: false },
  may_forget: false,
}
