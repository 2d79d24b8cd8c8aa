import { count, listOf, mapOf, object, orNull, ref, text, time, word } from './schema.ts'
import type { Schema } from './schema.ts'

const callId = text('The call.')
const customerRef = text('The customer. Treat it as opaque.', {
  examples: ['b5d2f90b-523b-4f4f-91e2-be35bb174b0d'],
})
const confidence: Schema = {
  type: 'number',
  minimum: 0,
  maximum: 1,
  description: 'Probability that the caller is this customer.',
}
const variables = mapOf(ref('Variable'), { description: 'What is remembered, by name.' })
const texts = mapOf(text('The value.'), { description: 'What was said on the call, by name.' })
const intentsOfCall = listOf(
  object({ intent: text('Why the customer called.'), intent_status: text('How that ended.') }),
  'Every intent that the end named.',
)
const callFields = {
  call_start: time('When the call began.'),
  call_end: orNull(time('When it ended; null while it goes on, or when that was never told.')),
  duration_seconds: orNull(count('How long it took.')),
  intent: orNull(text('Why the customer called.')),
  intent_status: orNull(text('How that ended.')),
  intents: intentsOfCall,
}

const identitySchemas: Readonly<Record<string, Schema>> = {
  Identity: object({
    confidence,
    level: word(['very_high', 'high', 'medium', 'low'], 'From 0.9, from 0.7, from 0.5, below.'),
    sources: listOf(text('One piece of evidence.', { examples: ['ani:mobile'] }), 'Why.'),
    recommendation: word(['reuse', 'confirm', 'ignore'], 'From 0.5, from 0.3, below.'),
  }),
  Candidate: object({
    customer_ref: customerRef,
    confidence,
    last_contact_at: time('When this customer was last heard of.'),
  }),
  OpenIntent: object({
    intent: text('Why the customer called.'),
    status: text('How it stands.'),
    attempt_count: count('How many calls ended with it still open.'),
  }),
  Variable: object({
    value: text('The value.'),
    source: orNull(text('Who wrote it, where that is known.')),
    ttl_seconds: count('Seconds until it is forgotten.'),
  }),
}

const callSchemas: Readonly<Record<string, Schema>> = {
  StartAnswer: object(
    {
      call_id: callId,
      customer_ref: customerRef,
      call_start: time('When the call began.'),
      identity: ref('Identity'),
      open_intents: listOf(ref('OpenIntent'), 'The latest first.'),
      variables,
      candidates: listOf(ref('Candidate'), 'Who may be calling on a number that several share.'),
    },
    ['candidates'],
  ),
  EndAnswer: object(
    {
      call_id: callId,
      customer_ref: customerRef,
      call_start: time('When the call began.'),
      call_end: time('When it ended.'),
      duration_seconds: count('How long it took; 0 without a start.'),
      intents_updated: count('How many intents were written.'),
      variables_updated: count('How many variables were written or forgotten.'),
      variables_kept: count('How many stayed as an agent wrote them.'),
      redacted: mapOf(count('How many.'), { description: 'What was removed before storage, by kind.' }),
    },
    ['variables_kept', 'redacted'],
  ),
  CorrectAnswer: object({
    call_id: callId,
    customer_ref: customerRef,
    correction_id: orNull(text('With this the correction can be undone; null when nothing changed.')),
  }),
}

const mergedFields = {
  customer_ref: customerRef,
  into: text('The customer it was merged into.'),
  merged_at: time('When.'),
}

const customerSchemas: Readonly<Record<string, Schema>> = {
  Call: object(callFields),
  Link: object({
    kind: word(['ani', 'external_id'], 'What kind of key.'),
    namespace: orNull(text('Under which name an external id was sent.')),
    value: orNull(
      text('The number or id, masked unless reveal was asked for; null where only its hash is kept.'),
    ),
    first_seen: time('When the key was first seen.'),
    last_seen: time('When it was last seen.'),
    customers: count('How many customers have it, this one included.'),
    evidence: object({
      confidence,
      contributions: listOf(
        object({ source: text('The evidence.'), log_odds: { type: 'number', description: 'Its weight.' } }),
        'They add up to the log-odds of the confidence.',
      ),
    }),
  }),
  CustomerAnswer: object({
    customer_ref: customerRef,
    created_at: time('When the customer was first heard of.'),
    last_contact_at: time('When the customer was last heard of.'),
    identity: ref('Identity'),
    open_intents: listOf(ref('OpenIntent'), 'The latest first.'),
    settled_intents: listOf(
      object({
        intent: text('Why the customer called.'),
        status: text('How it ended.'),
        settled_at: time('When.'),
      }),
    ),
    variables,
    calls: listOf(ref('Call'), 'The latest first, at most 50.'),
    links: listOf(ref('Link'), 'Keys by which the customer is found.'),
    merged: listOf(object(mergedFields), 'Customers who became part of this one.'),
  }),
  RecallAnswer: object({
    customer_ref: customerRef,
    results: listOf(
      object({
        call_start: time('When the call began.'),
        call_end: time('When it ended.'),
        intent: orNull(text('Why the customer called.')),
        intent_status: orNull(text('How that ended.')),
        intents: intentsOfCall,
        variables: texts,
        score: orNull({ type: 'number', description: 'How well it fits; null without a query.' }),
      }),
    ),
  }),
  MergeAnswer: object({
    customer_ref: text('The customer that both are now.'),
    merged_customer_ref: text('The reference that leads there from now on.'),
    merged_at: time('When.'),
  }),
  UnmergeAnswer: object({
    customer_ref: customerRef,
    separated_from: orNull(text('The customer it was part of; null when it was part of none.')),
  }),
  ForgetAnswer: object({
    customer_ref: customerRef,
    forgotten_at: time('When everything went.'),
    counts: mapOf(count('How many rows.'), { description: 'How many rows of each kind went.' }),
  }),
}

const exportSchemas: Readonly<Record<string, Schema>> = {
  ExportAnswer: object({
    format: { const: 'caller-memory.customer' },
    version: { const: 1, description: 'Rises when a reader of the old form would go wrong.' },
    exported_at: time('When.'),
    customer: object({
      customer_ref: customerRef,
      created_at: time('When the customer was first heard of.'),
      last_contact_at: time('When the customer was last heard of.'),
    }),
    links: listOf(
      object({
        kind: text('What kind of key.'),
        namespace: orNull(text('Under which name an external id was sent.')),
        value: orNull(text('The number or id; null where only its hash is kept.')),
        identifier_hash: text('Keyed hash of the number or id.'),
        first_seen: time('When the key was first seen.'),
        last_seen: time('When it was last seen.'),
        confirmed: count('On how many calls agents said that it was this customer.'),
        corrected: count('On how many calls they said that it was not.'),
      }),
    ),
    intents: listOf(
      object({
        intent: text('Why the customer called.'),
        status: text('How it stands.'),
        attempt_count: count('How many calls ended with it still open.'),
        updated_at: time('When it was last written.'),
      }),
    ),
    variables: listOf(
      object({
        name: text('The name.'),
        value: text('The value.'),
        source: orNull(text('Who wrote it, where that is known.')),
        updated_at: time('When it was last written.'),
        expires_at: time('When it is forgotten.'),
      }),
    ),
    calls: listOf(object({ ...callFields, variables: texts })),
    stored_answers: listOf(
      object({
        stage: word(['start', 'end'], 'Which request.'),
        answered_at: time('When it was answered.'),
        answer: {
          type: 'object',
          description: 'The answer without its call_id.',
          additionalProperties: true,
        },
      }),
    ),
    merged: listOf(
      object({
        ...mergedFields,
        rows: listOf({
          type: 'object',
          description: 'A row as it was before and after.',
          additionalProperties: true,
        }),
      }),
      'Customers who became part of this one.',
    ),
  }),
}

/** Named schemas of what answers hold. */
export const ANSWER_SCHEMAS: Readonly<Record<string, Schema>> = {
  ...identitySchemas,
  ...callSchemas,
  ...customerSchemas,
  ...exportSchemas,
  UsageAnswer: object({
    month: text('The month in UTC.', { pattern: String.raw`^\d{4}-\d{2}$` }),
    starts: count('Starts in it.'),
    ends: count('Ends in it.'),
    used: count('Both together.'),
    quota: orNull(count('How many are allowed; null without a quota.')),
    remaining: orNull(count('How many are left.')),
    resets_at: time('When the next month begins.'),
  }),
  EventsAnswer: object({
    events: listOf(
      object({
        id: text('The same when an event is told again.'),
        kind: word(
          [
            'customer.created',
            'call.started',
            'call.ended',
            'call.corrected',
            'customer.merged',
            'customer.unmerged',
            'customer.forgotten',
          ],
          'What happened.',
        ),
        at: time('When.'),
        customer_ref: orNull(text('The customer; null for one who was forgotten.')),
        customer_ref_sha256: orNull(text('SHA-256 of the reference of a customer who was forgotten.')),
      }),
      'Oldest first.',
    ),
    cursor: text('Where to go on.'),
    gap: {
      type: 'boolean',
      description: 'Whether events may have been missed: the cursor is too old, or later than the clock.',
    },
  }),
  SettingsAnswer: object({
    tenant: object(
      { variable_ttl_days: orNull(count('Days.')), intent_ttl_days: orNull(count('Days.')) },
      [],
      {
        description: 'What the tenant decided; null where the setting of the server holds.',
      },
    ),
    effective: object({ variable_ttl_days: count('Days.'), intent_ttl_days: count('Days.') }, [], {
      description: 'What holds.',
    }),
  }),
  StatusAnswer: object({ status: word(['ok', 'ready'], 'How the server is.') }),
  ErrorAnswer: object(
    {
      error: text('The HTTP reason phrase.'),
      message: text('What is wrong. It never repeats what was sent.'),
      details: object({
        issues: listOf(
          object({
            path: listOf(text('A field, or the place in a list.')),
            message: text('What was expected there.'),
          }),
          'Every problem of the request.',
        ),
      }),
    },
    ['details'],
  ),
}
