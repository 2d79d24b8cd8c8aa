import { unknownCustomer } from '../customers/require-customer.ts'
import { candidateWithoutKey, chooseCustomer } from '../identity/choose-customer.ts'
import type { Customer, Matches } from '../identity/choose-customer.ts'
import { mintCustomerRef } from '../identity/customer-ref.ts'
import { identifiersOf } from '../identity/identifiers.ts'
import type { Identifiers } from '../identity/identifiers.ts'
import type { Hints } from '../request/hints.ts'
import {
  findCustomer,
  findCustomersOf,
  findHeldExternalIds,
  insertCustomer,
  saveLink,
  touchCustomer,
} from '../store/customers.ts'
import type { Scope } from '../store/scope.ts'
import type { Memory } from './memory.ts'

/** Who is calling, and what the store knew before this contact was recorded. */
export interface Contact {
  readonly customerRef: string
  /** The customer as of before this call; undefined for a new one. */
  readonly known?: Customer
  readonly matches: Matches
}

/** One contact to record. */
export interface ContactRequest {
  readonly hints: Hints
  /** Bucket of a new customer who has neither a number nor an external id. */
  readonly callBucket: number
  /** The customer of the call's start, for an end that names none. */
  readonly startedBy?: string
  /** Whether a reference that nobody has is refused rather than ignored. */
  readonly requireKnownRef: boolean
}

/**
 * Decides whose call this is and records the contact: the time, the number, external ids nobody had before.
 * An external id that belongs to another customer stays with that customer.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when a known reference is required and nobody has it.
 * @throws CM_CUSTOMER_FORGOTTEN when its customer was forgotten.
 */
export async function recordContact(
  memory: Memory,
  scope: Scope,
  request: ContactRequest,
  now: number,
): Promise<Contact> {
  const identifiers = identifiersOf(request.hints, scope.tenant, memory.keyedHash)
  const matches = await findMatches(scope, identifiers, request)
  if (request.requireKnownRef && request.hints.customerRef !== undefined && !matches.byReference) {
    throw await unknownCustomer(memory, scope, request.hints.customerRef)
  }
  const known = chooseCustomer(matches)
  const primary = identifiers.number ?? identifiers.externalIds[0]
  const customerRef = known?.customerRef ?? mintCustomerRef(primary?.bucket ?? request.callBucket)
  if (known) await touchCustomer(scope, customerRef, now)
  else await insertCustomer(scope, customerRef, now)
  await link(scope, identifiers, matches, customerRef, now)
  return { customerRef, ...(known && { known }), matches }
}

async function findMatches(
  scope: Scope,
  { number, externalIds }: Identifiers,
  { hints, startedBy }: ContactRequest,
): Promise<Matches> {
  const optional = async (ref: string | undefined): Promise<Customer | undefined> =>
    ref === undefined ? undefined : findCustomer(scope, ref)
  const byReference = await optional(hints.customerRef)
  const byCall = await optional(startedBy)
  const onNumber = number ? await findCustomersOf(scope, number) : []
  const candidate = candidateWithoutKey({ ...(byCall && { byCall }), onNumber })
  return {
    ...(byReference && { byReference }),
    ...(byCall && { byCall }),
    onNumber,
    byExternalId: await Promise.all(
      externalIds.map(async (identifier) => ({
        identifier,
        customers: await findCustomersOf(scope, identifier),
      })),
    ),
    heldByCandidate:
      candidate && externalIds.length > 0 ? await findHeldExternalIds(scope, candidate.customerRef) : [],
  }
}

async function link(
  scope: Scope,
  { number }: Identifiers,
  { byExternalId }: Matches,
  customerRef: string,
  now: number,
): Promise<void> {
  if (number) await saveLink(scope, number, customerRef, now)
  for (const { identifier, customers } of byExternalId) {
    const free = customers.length === 0
    const own = customers.some((customer) => customer.customerRef === customerRef)
    if (free || own) await saveLink(scope, identifier, customerRef, now)
  }
}
