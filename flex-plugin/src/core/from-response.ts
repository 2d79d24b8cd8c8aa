import type { CustomerCall, CustomerResponse } from '../../../src/contract.ts'
import type { CallerPanelResponse } from '../../../src/flex-contract.ts'
import { assuranceOf } from './assurance.ts'
import { evidenceOf } from './evidence.ts'
import type { Evidence } from './evidence.ts'
import { suggestAction } from './suggestion.ts'
import { isSomebody, NOBODY, unlinked } from './view.ts'
import type { CallerKind, CallerView, Contact } from './view.ts'

const DAY_SECONDS = 86_400
const MAX_SETTLED = 5

/**
 * What the panel shows once the Functions have answered: the customer as the memory knows them. What the task
 * carries stands only where the answer says nothing about it: the call itself, and a memory that cannot show its
 * customers now. An answer without a customer takes back what the task said of one.
 */
export function viewFromResponse(carried: CallerView, response: CallerPanelResponse): CallerView {
  const call = callOf(carried, response)
  const kind = kindOf(response)
  if (kind === 'unlinked') return unlinked(call)
  if (!isSomebody(kind)) return suggesting({ ...call, kind })
  const { identity, customer, customer_ref } = response
  return suggesting({
    ...call,
    kind,
    isVip: carried.isVip,
    ...(carried.preferredAgent !== undefined && { preferredAgent: carried.preferredAgent }),
    ...(mayTellFromTask(response) && pick(carried, ['openMatters', 'values', 'lastContactAt'])),
    ...(customer && customerOf(customer, response.call_start)),
    ...(identity && kind !== 'confirmed' && { confidence: identity.confidence }),
    ...(customer_ref !== null && { customerRef: customer_ref }),
  })
}

/** The task knows of the customer whom the memory named when the call began, and of nobody else. */
function mayTellFromTask({ customer_state, correction }: CallerPanelResponse): boolean {
  const isAway = customer_state === 'unsupported' || customer_state === 'unavailable'
  return isAway && (correction === null || correction.verdict === 'right_person')
}

function suggesting(view: CallerView): CallerView {
  const suggestion = suggestAction(view)
  return { ...view, ...(suggestion && { suggestion }) }
}

function callOf(carried: CallerView, response: CallerPanelResponse): CallerView {
  const { intent, said, candidates } = response
  return {
    ...NOBODY,
    ...pick(carried, ['phone', 'callSid', 'intent', 'said', 'language']),
    assurance: assuranceOf(response.assurance, response.verification),
    evidence: evidenceFrom(carried, response),
    candidates: candidates.map(({ customer_ref, confidence, last_contact_at }) => ({
      customerRef: customer_ref,
      confidence,
      lastContactAt: last_contact_at,
    })),
    ...(intent !== null && { intent }),
    ...(said !== null && { said }),
  }
}

function pick<Key extends keyof CallerView>(
  view: CallerView,
  keys: readonly Key[],
): Partial<Pick<CallerView, Key>> {
  return Object.fromEntries(
    keys.flatMap((key) => (view[key] === undefined ? [] : [[key, view[key]]])),
  ) as Partial<Pick<CallerView, Key>>
}

/** What an agent said comes first, then what went wrong, then what the memory made of the caller. */
function kindOf({ tier, memory, customer_state, candidates, correction }: CallerPanelResponse): CallerKind {
  if (correction?.verdict === 'wrong_person') return 'unlinked'
  if (customer_state === 'forgotten') return 'new'
  if (correction) return 'confirmed'
  if (memory === 'not_asked') return 'withheld'
  if (memory === 'unavailable') return 'unavailable'
  return candidates.length > 1 ? 'shared' : tier
}

/** Of another person than the memory named, only what the network says of the number is left. */
function evidenceFrom(carried: CallerView, response: CallerPanelResponse): readonly Evidence[] {
  const { identity, attestation, forwarded } = response
  const network = [
    ...(attestation === null ? [] : [`attestation:${attestation}`]),
    ...(forwarded ? ['forwarded'] : []),
  ]
  const sources = identity?.sources ?? []
  if (sources.length === 0 && identity !== null && network.length === 0) return carried.evidence
  return evidenceOf([...sources, ...network])
}

function customerOf(customer: CustomerResponse, callStart: string): Partial<CallerView> {
  return {
    lastContactAt: lastContactOf(customer, callStart),
    openMatters: customer.open_intents.map(({ intent, attempt_count }) => ({
      intent,
      attempts: attempt_count,
    })),
    settledMatters: customer.settled_intents
      .slice(0, MAX_SETTLED)
      .map(({ intent, status, settled_at }) => ({ intent, status, settledAt: settled_at })),
    values: Object.entries(customer.variables).map(([name, { value, source, ttl_seconds }]) => ({
      name,
      value,
      ...(source !== null && { source }),
      daysLeft: Math.floor(ttl_seconds / DAY_SECONDS),
    })),
    contacts: customer.calls.filter(isBefore(callStart)).map(contactOf),
  }
}

/** The call that is going on is no earlier contact. */
function isBefore(callStart: string): (call: CustomerCall) => boolean {
  return ({ call_start }) => Date.parse(call_start) < Date.parse(callStart)
}

function lastContactOf({ calls, last_contact_at }: CustomerResponse, callStart: string): string {
  return calls.find(isBefore(callStart))?.call_start ?? last_contact_at
}

function contactOf({ call_start, duration_seconds, intents, intent, intent_status }: CustomerCall): Contact {
  const first = intent === null ? [] : [{ intent, intent_status: intent_status ?? '' }]
  return {
    startedAt: call_start,
    ...(duration_seconds !== null && { durationSeconds: duration_seconds }),
    matters: (intents.length > 0 ? intents : first).map((matter) => ({
      intent: matter.intent,
      status: matter.intent_status,
    })),
  }
}
