import { assessIdentity } from '../../../src/caller/confidence.ts'
import type {
  CustomerCall,
  CustomerLink,
  CustomerResponse,
  MergedCustomer,
  SettledIntent,
} from '../../../src/contract.ts'
import type { Memory } from '../calls/memory.ts'
import { masked } from '../identity/mask.ts'
import { findHeldIntents, findHeldLinks } from '../store/held.ts'
import type { HeldIntent, HeldLink } from '../store/held.ts'
import { findAllMerges } from '../store/merges.ts'
import type { Merge } from '../store/merges.ts'
import { findNotes } from '../store/notes.ts'
import type { Note } from '../store/notes.ts'
import { findRemembered } from '../store/remembered.ts'
import type { Scope } from '../store/scope.ts'
import { recordAccess } from './record-access.ts'
import { requireCustomer } from './require-customer.ts'

const MAX_CALLS = 50
const DAY_MS = 86_400_000

/** How a customer is shown. */
export interface ShowOptions {
  /** Whether numbers and external ids are shown whole; masked otherwise. */
  readonly reveal: boolean
}

/**
 * Shows what is held about a customer, without recording a contact.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has the reference.
 * @throws CM_CUSTOMER_FORGOTTEN when its customer was forgotten.
 */
export function showCustomer(
  memory: Memory,
  namedRef: string,
  { reveal }: ShowOptions,
): Promise<CustomerResponse> {
  return memory.database.transaction(async (transaction) => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    const now = memory.clock().getTime()
    const { intentTtlMs } = await memory.retentions.of(scope, now)
    const customer = await requireCustomer(memory, scope, namedRef)
    const { customerRef } = customer
    const merges = await findAllMerges(scope, customerRef)
    await recordAccess(memory, scope, reveal ? 'reveal' : 'show', customerRef)
    const intents = await findHeldIntents(scope, customerRef)
    const remembered = await findRemembered(scope, customerRef, { now, openSince: now - intentTtlMs })
    const links = await findHeldLinks(scope, customerRef, memory.vault)
    const notes = await findNotes(scope, customerRef, now, { limit: MAX_CALLS, offset: 0 })
    return {
      customer_ref: customerRef,
      created_at: timeOf(customer.createdAt),
      last_contact_at: timeOf(customer.lastContactAt),
      identity: assessIdentity({ customerRef: true }).identity,
      open_intents: remembered.openIntents,
      settled_intents: intents.flatMap((intent) => settledOf(intent, intentTtlMs, now)),
      variables: remembered.variables,
      calls: notes.map((note) => callOf(note)),
      links: links.map((link) => {
        const daysSinceContact = Math.max(0, now - customer.lastContactAt) / DAY_MS
        return linkOf(link, daysSinceContact, reveal)
      }),
      merged: merges.map((merge) => mergedOf(merge)),
    }
  })
}

/** A customer who became part of this one, as the API shows it. */
export function mergedOf({ customerRef, intoRef, mergedAt }: Merge): MergedCustomer {
  return { customer_ref: customerRef, into: intoRef, merged_at: timeOf(mergedAt) }
}

/** What became of an intent; nothing while it is open. */
function settledOf(held: HeldIntent, intentTtlMs: number, now: number): SettledIntent[] {
  const { intent, updatedAt } = held
  const status = statusOf(held, intentTtlMs, now)
  if (status === 'open') return []
  const settledAt = status === 'expired' ? updatedAt + intentTtlMs : updatedAt
  return [{ intent, status, settled_at: timeOf(settledAt) }]
}

/** The status of an intent; an open one that was not touched for long has expired. */
export function statusOf({ status, updatedAt }: HeldIntent, intentTtlMs: number, now: number): string {
  return status === 'open' && updatedAt <= now - intentTtlMs ? 'expired' : status
}

/** A time of the store as the API writes it. */
export function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** A call of the store as the API writes it. */
export function callOf({ calledAt, endedAt, intents }: Note): CustomerCall {
  return {
    call_start: timeOf(calledAt),
    call_end: endedAt === null ? null : timeOf(endedAt),
    duration_seconds: endedAt === null ? null : Math.max(0, Math.floor((endedAt - calledAt) / 1000)),
    ...intentsOf(intents),
  }
}

/** The intents of a call: the first on its own, as the vendor's form has one, and all of them. */
export function intentsOf(
  intents: Note['intents'],
): Pick<CustomerCall, 'intent' | 'intent_status' | 'intents'> {
  const [first] = intents
  return {
    intent: first?.intent ?? null,
    intent_status: first?.status ?? null,
    intents: intents.map(({ intent, status }) => ({ intent, intent_status: status })),
  }
}

/** What was said on a call, as plain values. */
export function valuesOf(variables: Note['variables']): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]))
}

/** The line type of a number is known during a call only, so the evidence is that of an unknown one. */
function linkOf(link: HeldLink, daysSinceContact: number, reveal: boolean): CustomerLink {
  const { kind, namespace, value, customers, confirmed, corrected } = link
  const number = {
    lineType: 'unknown',
    customersOnNumber: customers,
    daysSinceContact,
    confirmed,
    corrected,
  } as const
  const { identity, contributions } = assessIdentity(kind === 'ani' ? { number } : { externalId: true })
  return {
    kind,
    namespace,
    value: reveal || value === null ? value : masked(value),
    first_seen: timeOf(link.firstSeenAt),
    last_seen: timeOf(link.lastSeenAt),
    customers,
    evidence: {
      confidence: identity.confidence,
      contributions: contributions.map(({ source, logOdds }) => ({ source, log_odds: logOdds })),
    },
  }
}
