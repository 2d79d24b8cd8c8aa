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
  if (verdict === 'forget') return FORGOTTEN
  if (response) {
    const ours = { correction: response.correction?.verdict }
    return { attributes: { ...personOf(response), customer_ref: customerRef ?? undefined }, ours }
  }
  // Without an answer it is known whose call it is not, and nothing more.
  if (verdict === 'right_person' || verdict === 'undo') return undefined
  return {
    attributes: { ...NO_PERSON, customer_ref: customerRef ?? undefined },
    ours: { correction: verdict },
  }
}

const NO_PERSON: TaskChange['attributes'] = {
  customer_ref: undefined,
  identity_confidence: undefined,
  identity_level: undefined,
  identity_sources: undefined,
  last_contact_at: undefined,
  open_intents: '[]',
  variables: '{}',
  preferred_agent: undefined,
}

const FORGOTTEN: TaskChange = {
  attributes: { ...NO_PERSON, tier: 'new', intent: undefined, reason: undefined },
  ours: { correction: undefined, draft: undefined },
}

function personOf({ identity, customer }: CallerPanelResponse): TaskChange['attributes'] {
  return {
    ...NO_PERSON,
    ...(identity && {
      identity_confidence: identity.confidence,
      identity_level: identity.level,
      identity_sources: JSON.stringify(identity.sources),
      last_contact_at: customer?.last_contact_at,
    }),
    open_intents: JSON.stringify(customer?.open_intents.slice(0, MAX_MATTERS) ?? []),
    variables: JSON.stringify(shortValuesOf(customer)),
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
