import type { LineType } from '../../../src/contract.ts'
import type { Evidence } from '../../../src/caller/confidence.ts'
import type { Identifier } from './identifiers.ts'

/** A customer whom the memory holds. Times are epoch milliseconds. */
export interface Customer {
  readonly customerRef: string
  readonly createdAt: number
  readonly lastContactAt: number
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
  return matches.byCall ?? latestOf(matches.onNumber)
}

/** Asked only when nobody has any of the external ids, so one of the same kind is another one. */
function contradicts({ byExternalId, heldByCandidate }: Matches): boolean {
  const held = new Set(heldByCandidate.map(({ namespaceHash }) => namespaceHash))
  return byExternalId.some(({ identifier }) => held.has(identifier.namespaceHash))
}

/** The customer with the latest contact; of equals the one created last. */
function latestOf(customers: readonly Customer[]): Customer | undefined {
  return customers.toSorted(
    (a, b) =>
      b.lastContactAt - a.lastContactAt ||
      b.createdAt - a.createdAt ||
      (a.customerRef < b.customerRef ? -1 : 1),
  )[0]
}

const DAY_MS = 86_400_000

/** What speaks for `customer`, as of before this call. `now` is in epoch milliseconds. */
export function evidenceFor(matches: Matches, customer: Customer, lineType: LineType, now: number): Evidence {
  const isCustomer = (other: Customer): boolean => other.customerRef === customer.customerRef
  return {
    ...(matches.onNumber.some(isCustomer) && {
      number: {
        lineType,
        customersOnNumber: matches.onNumber.length,
        daysSinceContact: Math.max(0, now - customer.lastContactAt) / DAY_MS,
      },
    }),
    externalId: matches.byExternalId.some(({ customers }) => customers.some(isCustomer)),
    customerRef: matches.byReference !== undefined,
  }
}
