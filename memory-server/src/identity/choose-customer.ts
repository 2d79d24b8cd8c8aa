import { assessIdentity } from '../../../src/caller/confidence.ts'
import type { Evidence } from '../../../src/caller/confidence.ts'
import type { Candidate } from '../../../src/contract.ts'
import type { TelcoFacts } from '../request/start-request.ts'
import type { Identifier } from './identifiers.ts'

/** A customer whom the memory holds. Times are epoch milliseconds. */
export interface Customer {
  readonly customerRef: string
  readonly createdAt: number
  readonly lastContactAt: number
  /** What agents said of this customer on the number by which it was found. */
  readonly verdicts?: { readonly confirmed: number; readonly corrected: number }
}

/** An external id of the request and the customers it is linked to. */
export interface ExternalMatch {
  readonly identifier: Identifier
  readonly customers: readonly Customer[]
}

/** The kind of an external id that a customer already has. */
export interface HeldExternalId {
  readonly namespaceHash: string
}

/** Everything that the store knows about the keys of one request. */
export interface Matches {
  /** The customer that the request names by reference. */
  readonly byReference?: Customer
  /** The customer of the call's start, for an end that names none. */
  readonly byCall?: Customer
  readonly byExternalId: readonly ExternalMatch[]
  /** All customers who have used the number. */
  readonly onNumber: readonly Customer[]
  /** External ids of the customer that `candidateWithoutKey` gives. */
  readonly heldByCandidate: readonly HeldExternalId[]
}

// A number that so many customers have used is a switchboard, a shop or a hostel: it identifies nobody.
const GENERIC_FROM = 10

/** Whether a number has been used by so many customers that it no longer identifies anybody. */
export function isGeneric(customersOnNumber: readonly Customer[]): boolean {
  return customersOnNumber.length >= GENERIC_FROM
}

/**
 * Decides whose call this is; undefined means a new customer.
 *
 * A known reference wins, then an external id, then the call's own start, then the number. An external id
 * that nobody has, where the number's customer has another one of the same kind, is somebody else on that line.
 */
export function chooseCustomer(matches: Matches): Customer | undefined {
  if (matches.byReference) return matches.byReference
  const named = latestOf(matches.byExternalId.flatMap(({ customers }) => customers))
  if (named) return named
  return contradicts(matches) ? undefined : candidateWithoutKey(matches)
}

/** The customer to consider when neither a reference nor an external id is known. */
export function candidateWithoutKey(matches: Pick<Matches, 'byCall' | 'onNumber'>): Customer | undefined {
  return matches.byCall ?? (isGeneric(matches.onNumber) ? undefined : latestOf(matches.onNumber))
}

/** Asked only when nobody has any of the external ids, so one of the same kind is another one. */
function contradicts({ byExternalId, heldByCandidate }: Matches): boolean {
  const held = new Set(heldByCandidate.map(({ namespaceHash }) => namespaceHash))
  return byExternalId.some(({ identifier }) => held.has(identifier.namespaceHash))
}

function latestOf(customers: readonly Customer[]): Customer | undefined {
  return latestFirst(customers)[0]
}

/** By the latest contact; of equals the one created last comes first. */
function latestFirst(customers: readonly Customer[]): Customer[] {
  return customers.toSorted(
    (a, b) =>
      b.lastContactAt - a.lastContactAt ||
      b.createdAt - a.createdAt ||
      (a.customerRef < b.customerRef ? -1 : 1),
  )
}

const DAY_MS = 86_400_000

/** What speaks for `customer`, as of before this call. `now` is in epoch milliseconds. */
export function evidenceFor(matches: Matches, customer: Customer, telco: TelcoFacts, now: number): Evidence {
  const { onNumber, byExternalId, byReference } = matches
  const isCustomer = (other: Customer): boolean => other.customerRef === customer.customerRef
  const telling = !isGeneric(onNumber)
  return {
    ...(telling && onNumber.some(isCustomer) && { number: numberEvidence(matches, customer, telco, now) }),
    numberOfOthers: telling && onNumber.length > 0 && !onNumber.some(isCustomer),
    externalId: byExternalId.some(({ customers }) => customers.some(isCustomer)),
    customerRef: byReference !== undefined,
  }
}

function numberEvidence(
  { onNumber }: Matches,
  { customerRef, lastContactAt }: Customer,
  telco: TelcoFacts,
  now: number,
): NonNullable<Evidence['number']> {
  const linked = onNumber.find((customer) => customer.customerRef === customerRef)
  return {
    ...telco,
    ...linked?.verdicts,
    customersOnNumber: onNumber.length,
    daysSinceContact: Math.max(0, now - lastContactAt) / DAY_MS,
  }
}

const MAX_CANDIDATES = 5

/** Who may be calling from a shared number when no other key tells them apart; none when there is no doubt. */
export function candidatesOf(matches: Matches, telco: TelcoFacts, now: number): readonly Candidate[] {
  const { onNumber, byReference, byExternalId } = matches
  const named = byReference !== undefined || byExternalId.some(({ customers }) => customers.length > 0)
  if (named || onNumber.length < 2 || isGeneric(onNumber)) return []
  return latestFirst(onNumber)
    .slice(0, MAX_CANDIDATES)
    .map((customer) => ({
      customer_ref: customer.customerRef,
      confidence: assessIdentity({ number: numberEvidence(matches, customer, telco, now) }).identity
        .confidence,
      last_contact_at: new Date(customer.lastContactAt).toISOString(),
    }))
}
