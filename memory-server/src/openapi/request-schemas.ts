import { MAX_INTENT_LENGTH } from '../request/intent.ts'
import { MAX_INTENTS } from '../request/intents.ts'
import { MAX_TTL_SECONDS, MAX_VARIABLE_BYTES, MAX_VARIABLES, MIN_TTL_SECONDS } from '../request/variables.ts'
import type { TenantSetting } from '../store/tenant-settings.ts'
import { MAX_DAYS } from '../tenants/retention.ts'
import { listOf, mapOf, object, ref, shortText, text, word } from './schema.ts'
import type { Schema } from './schema.ts'

const EVERY_FIELD = 'Unknown fields are ignored, and null counts as left out.'

const callId = shortText(128, "Unique for this call; Twilio's CallSid is the natural choice.", {
  examples: ['CA00000000000000000000000000000001'],
})

const hintFields: Readonly<Record<string, Schema>> = {
  ani: text('The number that the network presents, E.164. A withheld one is refused: leave it out.', {
    pattern: String.raw`^\+[1-9]\d{1,14}$`,
    examples: ['+12025550142'],
  }),
  dnis: shortText(64, 'The number dialled. It identifies nobody.', { examples: ['+12025550100'] }),
  external_ids: mapOf(shortText(256, 'The key.'), {
    description: 'Keys of other systems by name. Never a key of the call itself.',
    maxProperties: 20,
    propertyNames: { minLength: 1, maxLength: 64 },
    examples: [{ crm_id: 'crm-1042' }],
  }),
  customer_ref: shortText(128, 'The reference of an earlier answer.', {
    examples: ['b5d2f90b-523b-4f4f-91e2-be35bb174b0d'],
  }),
}

const HINT_NAMES = Object.keys(hintFields)
const KEYS = [
  { required: ['ani'] },
  { required: ['external_ids'], properties: { external_ids: { minProperties: 1 } } },
  { required: ['customer_ref'] },
]

/** At least one key, in `identity_hints` or, as some prompts of the vendor send it, at the top level. */
const someKey: Schema = {
  anyOf: [...KEYS, { required: ['identity_hints'], properties: { identity_hints: { anyOf: KEYS } } }],
}

const label = shortText(MAX_INTENT_LENGTH, 'Why the customer called.', { examples: ['refund_request'] })
const intentStatus = word(['open', 'resolved', 'abandoned', 'closed'], 'closed means resolved.')
const intentIsOpen: Schema = { type: 'boolean', description: 'Read when there is no intent_status.' }
const source = text('Who says so. What agent wrote, ivr does not replace.', {
  pattern: '^[a-z][a-z0-9_-]{0,31}$',
  examples: ['agent'],
})
const ttl: Schema = {
  type: 'integer',
  minimum: MIN_TTL_SECONDS,
  maximum: MAX_TTL_SECONDS,
  description: 'Seconds to remember it; the default of the tenant or the server when left out.',
}
const variableValue: Schema = {
  type: ['string', 'number', 'boolean', 'null'],
  maxLength: MAX_VARIABLE_BYTES,
  description: `At most ${MAX_VARIABLE_BYTES} bytes of UTF-8. Null forgets the variable.`,
}
const BEYOND = ['intents', 'source', 'ttl_seconds']
const days = (name: TenantSetting): Schema => ({
  type: ['integer', 'null'],
  minimum: 1,
  maximum: MAX_DAYS[name],
  description: 'Days; null for the setting of the server.',
})

/** Named schemas of what requests hold. */
export const REQUEST_SCHEMAS: Readonly<Record<string, Schema>> = {
  IdentityHints: object(hintFields, HINT_NAMES, { description: 'Keys by which a customer may be found.' }),
  Telco: object(
    {
      line_type: word(['mobile', 'landline', 'voip', 'unknown'], 'What Twilio Lookup knows of the line.'),
      attestation: word(['A', 'B', 'C', 'failed'], 'How far the network vouches for the number.'),
      forwarded: { type: 'boolean', description: 'Whether the call was forwarded.' },
    },
    ['line_type', 'attestation', 'forwarded'],
    { description: 'What the telephone network knows of the number and the call.' },
  ),
  StartRequest: object(
    { call_id: callId, identity_hints: ref('IdentityHints'), telco: ref('Telco'), ...hintFields },
    ['identity_hints', 'telco', ...HINT_NAMES],
    {
      description: `Keys may stand at the top level; those in identity_hints win. ${EVERY_FIELD}`,
      ...someKey,
    },
  ),
  EndRequest: object(
    {
      call_id: callId,
      identity_hints: ref('IdentityHints'),
      ...hintFields,
      intent: label,
      intent_status: intentStatus,
      intent_is_open: intentIsOpen,
      intents: listOf(
        object({ intent: label, intent_status: intentStatus, intent_is_open: intentIsOpen }, [
          'intent_status',
          'intent_is_open',
        ]),
        'Further intents of the call. A label that comes twice must have one status.',
        { maxItems: MAX_INTENTS },
      ),
      source,
      ttl_seconds: ttl,
      variables: mapOf(
        {
          anyOf: [
            variableValue,
            object({ value: variableValue, source, ttl_seconds: ttl }, ['source', 'ttl_seconds']),
          ],
        },
        {
          description: 'What to remember, by name.',
          maxProperties: MAX_VARIABLES,
          propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,63}$' },
          examples: [{ name: 'Ada Example', order: '1042' }],
        },
      ),
    },
    ['identity_hints', ...HINT_NAMES, 'intent', 'intent_status', 'intent_is_open', ...BEYOND, 'variables'],
    { description: `A customer_ref, or hints instead. ${EVERY_FIELD}`, ...someKey },
  ),
  MergeRequest: object({
    into: shortText(128, 'The customer of which it becomes a part.'),
  }),
  SettingsRequest: object(
    { variable_ttl_days: days('variable_ttl_days'), intent_ttl_days: days('intent_ttl_days') },
    ['variable_ttl_days', 'intent_ttl_days'],
    { description: 'What to change. What is left out stays.' },
  ),
  CorrectRequest: object(
    {
      verdict: word(['right_person', 'wrong_person', 'another', 'undo'], 'What the agent says.'),
      customer_ref: shortText(128, 'Whose call it is; needed for the verdict another.'),
      correction_id: shortText(128, 'Which correction to undo; needed for the verdict undo.'),
    },
    ['customer_ref', 'correction_id'],
    {
      description: `Whose call it was. ${EVERY_FIELD}`,
      allOf: [needs('another', 'customer_ref'), needs('undo', 'correction_id')],
    },
  ),
}

function needs(verdict: string, field: string): Schema {
  return { anyOf: [{ properties: { verdict: { not: { const: verdict } } } }, { required: [field] }] }
}
