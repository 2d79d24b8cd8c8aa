import { evidenceOf } from './evidence.ts'
import { fieldsOf, itemsOf, shareOf, textOf } from './loose-json.ts'
import type { Fields } from './loose-json.ts'
import { suggestAction } from './suggestion.ts'
import type { Assurance, CallerKind, CallerView, OpenMatter, RememberedValue } from './view.ts'

const MAX_MATTERS = 10
const MAX_VALUES = 64
const MAX_VALUE_CHARS = 4_000

/**
 * Reads what a task carries. Attributes come from Studio, from the Functions or from other people's plugins:
 * objects, JSON texts, texts encoded twice, or nothing that can be read. Nothing throws; what is not there is
 * left out, and a caller is never called recognized unless the attributes say so.
 */
export function viewFromAttributes(attributes: unknown): CallerView {
  const all = fieldsOf(attributes)
  const fields: Fields = { ...all, ...fieldsOf(all['caller_context']) }
  const openMatters = mattersOf(fields['open_intents'])
  const customerRef = textOf(fields['customer_ref'], 128)
  const confidence = shareOf(fields['identity_confidence'])
  const kind = kindOf(fields, customerRef, confidence)
  const isSomebody = kind !== 'new' && kind !== 'withheld' && kind !== 'unavailable'
  const shownMatters = isSomebody ? openMatters : []
  const suggestion = suggestAction({ kind, openMatters: shownMatters })
  return {
    kind,
    ...(isSomebody && confidence !== undefined && { confidence }),
    evidence: isSomebody ? itemsOf(fields['identity_sources']).map(String).map(evidenceOf) : [],
    assurance: assuranceOf(fields['assurance']),
    ...optional('assuranceReason', textOf(fields['assurance_reason'], 60)),
    ...optional('phone', textOf(fields['from'] ?? fields['name'], 64)),
    ...optional('customerRef', customerRef),
    ...optional('callSid', textOf(fields['call_sid'], 64)),
    ...optional('lastContactAt', isSomebody ? textOf(fields['last_contact_at'], 40) : undefined),
    ...(suggestion && { suggestion }),
    openMatters: shownMatters,
    values: isSomebody ? valuesOf(fields['variables']) : [],
    contacts: [],
    candidates: [],
    ...optional('intent', textOf(fields['intent'], 128)),
    ...optional('said', textOf(fields['reason'], 400)),
  }
}

function optional<Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, string>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, string>>)
}

/** Without a tier the bands of the API count. A reference without confidence names nobody for sure. */
function kindOf(fields: Fields, customerRef: string | undefined, confidence = 0): CallerKind {
  if (fields['memory'] === 'unavailable') return 'unavailable'
  if (fields['memory'] === 'not_asked') return 'withheld'
  const tier = fields['tier']
  if (tier === 'new') return 'new'
  if (customerRef === undefined) return 'new'
  if (tier === 'recognized' || tier === 'likely' || tier === 'possible') return tier
  if (confidence >= 0.9) return 'recognized'
  if (confidence >= 0.7) return 'likely'
  return confidence >= 0.3 ? 'possible' : 'new'
}

const assuranceOf = (value: unknown): Assurance =>
  value === 'attested' || value === 'verified' ? value : 'none'

function mattersOf(value: unknown): readonly OpenMatter[] {
  return itemsOf(value)
    .slice(0, MAX_MATTERS)
    .flatMap((item) => {
      const fields = fieldsOf(item)
      const intent = textOf(fields['intent'], 128)
      const attempts = Number(fields['attempt_count'])
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
      return text === undefined ? [] : [{ name, value: text, ...(source !== undefined && { source }) }]
    })
}
