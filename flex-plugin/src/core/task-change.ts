import type { CallerPanelResponse, CallerVerdict } from '../../../src/flex-contract.ts'

/** What a task is to carry from now on. An undefined value takes the attribute away. */
export interface TaskChange {
  readonly attributes: Readonly<Record<string, string | number | undefined>>
  /** Under `caller_context`, which is ours alone. */
  readonly ours: Readonly<Record<string, string | undefined>>
}

const MAX_MATTERS = 5
const MAX_VALUES_CHARS = 300
const MAX_VALUE_CHARS = 80

/**
 * What a task has to carry after an agent corrected it; undefined when nothing is to be changed. The attributes were
 * written before anybody spoke with the caller; the next agent, a supervisor and a save without a session read them.
 * Without an answer, nothing of the person from before is left.
 *
 * @param customerRef whose call it is now; null for nobody.
 */
export function attributesAfter(
  verdict: CallerVerdict | 'forget',
  response: CallerPanelResponse | undefined,
  customerRef: string | null,
): TaskChange | undefined {
  if (!response && (verdict === 'right_person' || verdict === 'undo')) return undefined
  const identity = response?.identity
  const customer = response?.customer ?? null
  const isForgotten = verdict === 'forget'
  return {
    attributes: {
      customer_ref: customerRef ?? undefined,
      identity_confidence: identity?.confidence,
      identity_level: identity?.level,
      identity_sources: identity ? JSON.stringify(identity.sources) : undefined,
      last_contact_at: identity ? customer?.last_contact_at : undefined,
      open_intents: JSON.stringify(customer?.open_intents.slice(0, MAX_MATTERS) ?? []),
      variables: JSON.stringify(shortValuesOf(customer)),
      preferred_agent: undefined,
      ...(isForgotten && { tier: 'new', intent: undefined, reason: undefined }),
    },
    ours: isForgotten
      ? { correction: undefined, draft: undefined }
      : { correction: response ? response.correction?.verdict : verdict },
  }
}

function shortValuesOf(customer: CallerPanelResponse['customer']): Readonly<Record<string, string>> {
  let values: Readonly<Record<string, string>> = {}
  for (const [name, { value }] of Object.entries(customer?.variables ?? {})) {
    const wider = { ...values, [name]: value }
    if (value.length <= MAX_VALUE_CHARS && JSON.stringify(wider).length <= MAX_VALUES_CHARS) values = wider
  }
  return values
}
