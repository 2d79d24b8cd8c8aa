import type { CustomerCall, CustomerResponse } from '../../../src/contract.ts'
import type { CallerPanelResponse } from '../../../src/flex-contract.ts'
import { evidenceOf } from './evidence.ts'
import { suggestAction } from './suggestion.ts'
import type { CallerKind, CallerView, Contact } from './view.ts'

/**
 * What the panel shows once the Functions have answered: the customer as the memory knows them, on top of what
 * the task carried. An answer without a customer takes back what the task said of one, except in an outage.
 */
export function viewFromResponse(carried: CallerView, response: CallerPanelResponse): CallerView {
  const { customer, candidates, intent, said } = response
  const kind = kindOf(carried, response)
  const { confidence, customerRef, lastContactAt, ...rest } = carried
  const kept = customer !== null || response.customer_state === 'unsupported'
  const isOutage = kind === 'unavailable'
  const openMatters = customer ? mattersOf(customer) : kept && !isOutage ? carried.openMatters : []
  const suggestion = suggestAction({ kind, openMatters })
  const { suggestion: _old, ...others } = rest
  return {
    ...others,
    kind,
    ...(kept && confidence !== undefined && { confidence }),
    ...(response.customer_ref !== null && { customerRef: response.customer_ref }),
    ...(customer
      ? { lastContactAt: customer.last_contact_at }
      : kept && lastContactAt !== undefined && { lastContactAt }),
    ...(suggestion && { suggestion }),
    evidence: evidenceFrom(carried, customer),
    openMatters,
    values: customer ? valuesOf(customer) : kept ? carried.values : [],
    contacts: customer ? customer.calls.filter(isBefore(response.call_start)).map(contactOf) : [],
    candidates: candidates.map((one) => ({
      customerRef: one.customer_ref,
      confidence: one.confidence,
      lastContactAt: one.last_contact_at,
    })),
    ...(intent !== null && { intent }),
    ...(said !== null && { said }),
  }
}

function kindOf(
  carried: CallerView,
  { tier, memory, customer_state, candidates }: CallerPanelResponse,
): CallerKind {
  if (memory === 'not_asked') return 'withheld'
  if (memory === 'unavailable' || customer_state === 'unavailable') return 'unavailable'
  if (customer_state === 'forgotten') return 'new'
  if (candidates.length > 1) return 'shared'
  return carried.kind === 'shared' ? 'possible' : tier
}

function evidenceFrom(carried: CallerView, customer: CustomerResponse | null): CallerView['evidence'] {
  if (carried.evidence.length > 0 || !customer) return carried.evidence
  return customer.identity.sources.map(evidenceOf)
}

function mattersOf({ open_intents }: CustomerResponse): CallerView['openMatters'] {
  return open_intents.map(({ intent, attempt_count }) => ({ intent, attempts: attempt_count }))
}

function valuesOf({ variables }: CustomerResponse): CallerView['values'] {
  return Object.entries(variables).map(([name, { value, source }]) => ({
    name,
    value,
    ...(source !== null && { source }),
  }))
}

/** The call that is going on is no earlier contact. */
function isBefore(callStart: string): (call: CustomerCall) => boolean {
  return ({ call_start }) => Date.parse(call_start) < Date.parse(callStart)
}

function contactOf({ call_start, duration_seconds, intent, intent_status }: CustomerCall): Contact {
  return {
    startedAt: call_start,
    ...(duration_seconds !== null && { durationSeconds: duration_seconds }),
    ...(intent !== null && { intent }),
    ...(intent_status !== null && { status: intent_status }),
  }
}
