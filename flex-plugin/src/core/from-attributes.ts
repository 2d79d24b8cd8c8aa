import { assuranceOf } from './assurance.ts'
import { evidenceOf } from './evidence.ts'
import { fieldsOf, itemsOf, shareOf, textOf } from './loose-json.ts'
import type { Fields } from './loose-json.ts'
import { suggestAction } from './suggestion.ts'
import { isSomebody, NOBODY, unlinked } from './view.ts'
import type { CallerKind, CallerView, OpenMatter, RememberedValue } from './view.ts'

const MAX_MATTERS = 10
const MAX_VALUES = 64
const MAX_VALUE_CHARS = 4_000
const MAX_SOURCES = 24

/**
 * Reads what a task carries, under the names of src/twilio/task-attributes.ts. Attributes come from Studio, from
 * the Functions or from other people's plugins: objects, JSON texts, texts encoded twice, or nothing that can be
 * read. Nothing throws; what is not there is left out, and a caller is never called recognized unless the
 * attributes say so.
 */
export function viewFromAttributes(attributes: unknown): CallerView {
  const all = fieldsOf(attributes)
  const fields: Fields = { ...all, ...fieldsOf(all['caller_context']) }
  const call = callOf(fields)
  const customerRef = textOf(fields['customer_ref'], 128)
  const confidence = shareOf(fields['identity_confidence'])
  const kind = kindOf(fields, customerRef, confidence)
  if (kind === 'unlinked') return unlinked(call)
  if (!isSomebody(kind)) {
    return { ...call, kind, ...optional('suggestion', suggestAction({ ...call, kind })) }
  }
  const known = {
    ...call,
    kind,
    evidence: evidenceOf(
      itemsOf(fields['identity_sources'])
        .slice(0, MAX_SOURCES)
        .flatMap((source) => textOf(source, 60) ?? []),
    ),
    openMatters: mattersOf(fields['open_intents']),
    values: valuesOf(fields['variables']),
    isVip: fields['vip'] === true || fields['vip'] === 'true',
    ...optional('confidence', confidence),
    ...optional('customerRef', customerRef),
    ...optional('lastContactAt', textOf(fields['last_contact_at'], 40)),
    ...optional('preferredAgent', textOf(fields['preferred_agent'], 64)),
  }
  return { ...known, ...optional('suggestion', suggestAction(known)) }
}

/** What is true of the call, whoever calls. */
function callOf(fields: Fields): CallerView {
  return {
    ...NOBODY,
    assurance: assuranceOf(fields['assurance'], fields['verification']),
    ...optional('phone', textOf(fields['from'] ?? fields['name'], 64)),
    ...optional('callSid', textOf(fields['call_sid'], 64)),
    ...optional('intent', textOf(fields['intent'], 128)),
    ...optional('said', textOf(fields['reason'], 400)),
    ...optional('language', textOf(fields['language'], 16)),
  }
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value })
}

const TIERS: ReadonlySet<unknown> = new Set(['recognized', 'likely', 'possible'])
const CORRECTIONS: ReadonlyMap<unknown, CallerKind> = new Map([
  ['wrong_person', 'unlinked'],
  ['right_person', 'confirmed'],
  ['another', 'confirmed'],
])

/** Without a tier the bands of the API count. A reference without confidence names nobody for sure. */
function kindOf(fields: Fields, customerRef: string | undefined, confidence: number | undefined): CallerKind {
  const { memory, tier } = fields
  const corrected = CORRECTIONS.get(fields['correction'])
  if (corrected) return corrected
  if (memory === 'unavailable') return 'unavailable'
  if (memory === 'not_asked') return 'withheld'
  if (memory === undefined && tier === undefined && customerRef === undefined) return 'unasked'
  if (tier === 'new' || customerRef === undefined) return 'new'
  if (TIERS.has(tier)) return tier as CallerKind
  return kindByConfidence(confidence ?? 0)
}

function kindByConfidence(confidence: number): CallerKind {
  if (confidence >= 0.9) return 'recognized'
  if (confidence >= 0.7) return 'likely'
  return confidence >= 0.3 ? 'possible' : 'new'
}

function mattersOf(value: unknown): readonly OpenMatter[] {
  return itemsOf(value)
    .slice(0, MAX_MATTERS)
    .flatMap((item) => {
      const fields = fieldsOf(item)
      const intent = textOf(fields['intent'], 128)
      const attempts = Number(textOf(fields['attempt_count']))
      return intent ? [{ intent, attempts: Number.isInteger(attempts) && attempts > 0 ? attempts : 1 }] : []
    })
}

/** Values come as plain texts or as `{value, source}`. */
function valuesOf(value: unknown): readonly RememberedValue[] {
  return Object.entries(fieldsOf(value))
    .slice(0, MAX_VALUES)
    .flatMap(([name, held]) => {
      const fields = typeof held === 'object' && held !== null ? fieldsOf(held) : { value: held }
      const text = textOf(fields['value'], MAX_VALUE_CHARS)
      const source = textOf(fields['source'], 32)
      return text === undefined ? [] : [{ name, value: text, ...optional('source', source) }]
    })
}
