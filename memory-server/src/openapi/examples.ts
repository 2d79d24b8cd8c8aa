/** Invented people and calls that stand as examples in the description. */

const CALL_ID = 'CA00000000000000000000000000000001'
/** The reference of the invented customer. */
export const CUSTOMER_REF = 'b5d2f90b-523b-4f4f-91e2-be35bb174b0d'
const MERGED_REF = '0d4f4c55-3d1f-4c0e-8a55-7d2f7f3f9a10'
const CALL_START = '2026-11-02T10:30:00.000Z'
const CALL_END = '2026-11-02T10:33:20.000Z'
const CORRECTION_ID = '6f1c2a4e-7d39-4b0c-9a55-1e0d2c3b4a59'

const identity = {
  confidence: 0.94,
  level: 'very_high',
  sources: ['ani:mobile', 'recency:2day'],
  recommendation: 'reuse',
}
const openIntents = [{ intent: 'refund_request', status: 'open', attempt_count: 2 }]
const variables = { name: { value: 'Ada Example', source: null, ttl_seconds: 2_592_000 } }
const times = { created_at: '2026-10-01T09:00:00.000Z', last_contact_at: CALL_START }
const call = {
  call_start: CALL_START,
  call_end: CALL_END,
  duration_seconds: 200,
  intent: 'refund_request',
  intent_status: 'open',
  intents: [{ intent: 'refund_request', intent_status: 'open' }],
}
const link = {
  kind: 'external_id',
  namespace: 'crm_id',
  value: '••••••42',
  first_seen: '2026-10-01T09:00:00.000Z',
  last_seen: CALL_START,
}

/** Requests, by the name of their schema. */
export const REQUEST_EXAMPLES: Readonly<Record<string, object>> = {
  StartRequest: {
    call_id: CALL_ID,
    identity_hints: { ani: '+12025550142', dnis: '+12025550100', external_ids: { crm_id: 'crm-1042' } },
    telco: { line_type: 'mobile', attestation: 'A' },
  },
  EndRequest: {
    call_id: CALL_ID,
    customer_ref: CUSTOMER_REF,
    intent: 'refund_request',
    intent_status: 'open',
    source: 'agent',
    variables: { name: 'Ada Example', mood: { value: 'calm', source: 'ivr', ttl_seconds: 86_400 } },
  },
  MergeRequest: { into: CUSTOMER_REF },
  SettingsRequest: { variable_ttl_days: 60, intent_ttl_days: null },
  CorrectRequest: { verdict: 'wrong_person' },
}

/** Answers, by the name of their schema. */
export const ANSWER_EXAMPLES: Readonly<Record<string, object>> = {
  StartAnswer: {
    call_id: CALL_ID,
    customer_ref: CUSTOMER_REF,
    call_start: CALL_START,
    identity,
    open_intents: openIntents,
    variables,
  },
  EndAnswer: {
    call_id: CALL_ID,
    customer_ref: CUSTOMER_REF,
    call_start: CALL_START,
    call_end: CALL_END,
    duration_seconds: 200,
    intents_updated: 1,
    variables_updated: 1,
  },
  CorrectAnswer: { call_id: CALL_ID, customer_ref: CUSTOMER_REF, correction_id: CORRECTION_ID },
  CustomerAnswer: {
    customer_ref: CUSTOMER_REF,
    ...times,
    identity: {
      confidence: 0.98,
      level: 'very_high',
      sources: ['customer_ref'],
      recommendation: 'reuse',
    },
    open_intents: openIntents,
    settled_intents: [],
    variables,
    calls: [call],
    links: [
      {
        ...link,
        customers: 1,
        evidence: { confidence: 0.95, contributions: [{ source: 'external_id', log_odds: 2.94 }] },
      },
    ],
    merged: [],
  },
  ExportAnswer: {
    format: 'caller-memory.customer',
    version: 1,
    exported_at: CALL_END,
    customer: { customer_ref: CUSTOMER_REF, ...times },
    links: [{ ...link, identifier_hash: '9f'.repeat(32), confirmed: 0, corrected: 0 }],
    intents: [{ intent: 'refund_request', status: 'open', attempt_count: 2, updated_at: CALL_END }],
    variables: [
      {
        name: 'name',
        value: 'Ada Example',
        source: 'agent',
        updated_at: CALL_END,
        expires_at: '2026-12-02T10:33:20.000Z',
      },
    ],
    calls: [{ ...call, variables: { name: 'Ada Example' } }],
    stored_answers: [],
    merged: [],
  },
  RecallAnswer: {
    customer_ref: CUSTOMER_REF,
    results: [
      {
        call_start: CALL_START,
        call_end: CALL_END,
        intent: 'refund_request',
        intent_status: 'open',
        intents: [{ intent: 'refund_request', intent_status: 'open' }],
        variables: { name: 'Ada Example' },
        score: null,
      },
    ],
  },
  MergeAnswer: {
    customer_ref: CUSTOMER_REF,
    merged_customer_ref: MERGED_REF,
    merged_at: CALL_END,
  },
  UnmergeAnswer: { customer_ref: MERGED_REF, separated_from: CUSTOMER_REF },
  ForgetAnswer: {
    customer_ref: CUSTOMER_REF,
    forgotten_at: CALL_END,
    counts: { customers: 1, links: 2, variables: 1 },
  },
  UsageAnswer: {
    month: '2026-11',
    starts: 812,
    ends: 790,
    used: 1602,
    quota: null,
    remaining: null,
    resets_at: '2026-12-01T00:00:00.000Z',
  },
  EventsAnswer: {
    events: [
      {
        id: '5f1c2a4e7d394b0c-0',
        kind: 'call.ended',
        at: CALL_END,
        customer_ref: CUSTOMER_REF,
        customer_ref_sha256: null,
      },
    ],
    cursor: 'MTc5MzYxNTU4MDAwMC41ZjFjMmE0ZTdkMzk0YjBjLjE',
    gap: false,
  },
  SettingsAnswer: {
    tenant: { variable_ttl_days: 60, intent_ttl_days: null },
    effective: { variable_ttl_days: 60, intent_ttl_days: 90 },
  },
  StatusAnswer: { status: 'ok' },
}
