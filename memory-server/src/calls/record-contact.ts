import { unknownCustomer } from '../customers/require-customer.ts'
import { candidateWithoutKey, chooseCustomer, isGeneric } from '../identity/choose-customer.ts'
import type { Customer, Matches } from '../identity/choose-customer.ts'
import { mintCustomerRef } from '../identity/customer-ref.ts'
import { identifiersOf } from '../identity/identifiers.ts'
import type { Identifier, Identifiers } from '../identity/identifiers.ts'
import type { Hints } from '../request/hints.ts'
import {
  claimIdentifiers,
  findCustomer,
  findCustomersOf,
  findHeldExternalIds,
  insertCustomer,
  lockCustomer,
  saveLink,
  touchCustomer,
} from '../store/customers.ts'
import { saveReadable } from '../store/readable-identifiers.ts'
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
  const matches = await findSettledMatches(scope, identifiers, request, now)
  if (request.requireKnownRef && request.hints.customerRef !== undefined && !matches.byReference) {
    throw await unknownCustomer(memory, scope, request.hints.customerRef)
  }
  const known = chooseCustomer(matches)
  const primary = identifiers.number ?? identifiers.externalIds[0]
  const customerRef = known?.customerRef ?? mintCustomerRef(primary?.bucket ?? request.callBucket)
  if (known) await touchCustomer(scope, customerRef, now)
  else await insertCustomer(scope, customerRef, now)
  await link(memory, scope, identifiers, matches, { customerRef, now })
  return { customerRef, ...(known && { known }), matches }
}

/**
 * The matches that no other transaction can change in a way that matters here. An identifier that nobody has is
 * claimed, then everything is read again: of several first calls of one person, one makes the customer and the
 * others find it. Identifiers that are known need no claim.
 */
async function findSettledMatches(
  scope: Scope,
  identifiers: Identifiers,
  request: ContactRequest,
  now: number,
): Promise<Matches> {
  const found = await findMatches(scope, identifiers, request)
  const { number } = identifiers
  const unlinked = found.byExternalId.flatMap(({ identifier, customers }) =>
    customers.length === 0 ? [identifier] : [],
  )
  const free = number && found.onNumber.length === 0 ? [number, ...unlinked] : unlinked
  if (free.length === 0) return found
  await claimIdentifiers(scope, free, now)
  const candidate = candidateWithoutKey(found)
  if (candidate && unlinked.length > 0) await lockCustomer(scope, candidate.customerRef)
  return findMatches(scope, identifiers, request)
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
  { vault }: Memory,
  scope: Scope,
  { number }: Identifiers,
  { byExternalId, onNumber }: Matches,
  { customerRef, now }: { readonly customerRef: string; readonly now: number },
): Promise<void> {
  const isOwn = (customers: readonly Customer[]): boolean =>
    customers.some((customer) => customer.customerRef === customerRef)
  const save = async (identifier: Identifier, isNew: boolean): Promise<void> => {
    await saveLink(scope, identifier, customerRef, now)
    if (vault && isNew) await saveReadable(scope, vault, identifier)
  }
  // A number that is nobody's in particular gains no more customers: the list would grow with every call.
  if (number && !isGeneric(onNumber)) await save(number, !isOwn(onNumber))
  for (const { identifier, customers } of byExternalId) {
    const own = isOwn(customers)
    if (customers.length === 0 || own) await save(identifier, !own)
  }
}
