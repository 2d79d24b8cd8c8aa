import { unknownCustomer } from '../customers/require-customer.ts'
import { candidateWithoutKey, chooseCustomer, isGeneric } from '../identity/choose-customer.ts'
import type { Customer, Matches } from '../identity/choose-customer.ts'
import { mintCustomerRef } from '../identity/customer-ref.ts'
import type { Identifier, Identifiers } from '../identity/identifiers.ts'
import type { Hints } from '../request/hints.ts'
import {
  claimIdentifiers,
  findCustomersOf,
  findHeldExternalIds,
  insertCustomer,
  lockCustomer,
  saveLink,
  touchCustomer,
  touchLink,
} from '../store/customers.ts'
import { findCurrentCustomer } from '../store/merges.ts'
import { saveReadable } from '../store/readable-identifiers.ts'
import type { Scope } from '../store/scope.ts'
import type { Memory } from './memory.ts'
import { CustomerVanished } from './vanished.ts'

/** What the keys of a request lead to. */
export type Found = Pick<Matches, 'byReference' | 'onNumber' | 'byExternalId'>

/** Who is calling, and what the store knew before this contact was recorded. */
export interface Contact {
  readonly customerRef: string
  /** The customer as of before this call; undefined for a new one. */
  readonly known?: Customer
  readonly identifiers: Identifiers
  readonly matches: Matches
}

/** One contact to identify. */
export interface ContactRequest {
  readonly hints: Hints
  readonly identifiers: Identifiers
  /** Bucket of a new customer who has neither a number nor an external id. */
  readonly callBucket: number
  /** The customer of the call's start, for an end that names none. */
  readonly startedBy?: string
  /** Whether a reference that nobody has is refused rather than ignored. */
  readonly requireKnownRef: boolean
}

/** Looks the keys of a request up. */
export async function lookUp(
  scope: Scope,
  { number, externalIds }: Identifiers,
  { customerRef }: Pick<Hints, 'customerRef'>,
): Promise<Found> {
  const [byReference, onNumber, byExternalId] = await Promise.all([
    customerRef === undefined ? undefined : findCurrentCustomer(scope, customerRef),
    number ? findCustomersOf(scope, number) : [],
    Promise.all(
      externalIds.map(async (identifier) => ({
        identifier,
        customers: await findCustomersOf(scope, identifier),
      })),
    ),
  ])
  return { ...(byReference && { byReference }), onNumber, byExternalId }
}

/**
 * Decides whose call this is, from what its keys lead to.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when a known reference is required and nobody has it.
 * @throws CM_CUSTOMER_FORGOTTEN when its customer was forgotten.
 */
export async function identifyContact(
  memory: Memory,
  scope: Scope,
  request: ContactRequest,
  found: Found,
  now: number,
): Promise<Contact> {
  const { identifiers, hints } = request
  const matches = await settle(scope, request, found, now)
  if (request.requireKnownRef && hints.customerRef !== undefined && !matches.byReference) {
    throw await unknownCustomer(memory, scope, hints.customerRef)
  }
  const known = chooseCustomer(matches)
  const primary = identifiers.number ?? identifiers.externalIds[0]
  const customerRef = known?.customerRef ?? mintCustomerRef(primary?.bucket ?? request.callBucket)
  return { customerRef, ...(known && { known }), identifiers, matches }
}

/**
 * The matches that no other transaction can change in a way that matters here. An identifier that nobody has is
 * claimed, then everything is read again: of several first calls of one person, one makes the customer and the
 * others find it. Identifiers that are known need no claim.
 */
async function settle(scope: Scope, request: ContactRequest, found: Found, now: number): Promise<Matches> {
  const matches = await complete(scope, request, found)
  const { number } = request.identifiers
  const unlinked = found.byExternalId.flatMap(({ identifier, customers }) =>
    customers.length === 0 ? [identifier] : [],
  )
  const free = number && found.onNumber.length === 0 ? [number, ...unlinked] : unlinked
  if (free.length === 0) return matches
  await claimIdentifiers(scope, free, now)
  const candidate = candidateWithoutKey(matches)
  if (candidate && unlinked.length > 0) await lockCustomer(scope, candidate.customerRef)
  return complete(scope, request, await lookUp(scope, request.identifiers, request.hints))
}

/** Adds what the request's own keys do not lead to. */
async function complete(
  scope: Scope,
  { identifiers, startedBy }: ContactRequest,
  found: Found,
): Promise<Matches> {
  const isNamed = startedBy !== undefined && startedBy === found.byReference?.customerRef
  const byCall =
    startedBy === undefined || isNamed ? found.byReference : await findCurrentCustomer(scope, startedBy)
  const called = { ...(startedBy !== undefined && byCall && { byCall }), onNumber: found.onNumber }
  const candidate = candidateWithoutKey(called)
  const heldByCandidate =
    candidate && identifiers.externalIds.length > 0
      ? await findHeldExternalIds(scope, candidate.customerRef)
      : []
  return { ...found, ...called, heldByCandidate }
}

/**
 * Records a contact: the time, the number, external ids nobody had before. An external id that belongs to another
 * customer stays with that customer. Whoever writes more about the customer does so after this, for from here on
 * nobody else does.
 *
 * @throws CustomerVanished when the customer was merged or forgotten meanwhile.
 */
export async function recordContact(
  { vault }: Memory,
  scope: Scope,
  { customerRef, known, identifiers, matches }: Contact,
  now: number,
): Promise<void> {
  const isOwn = (customers: readonly Customer[]): boolean =>
    customers.some((customer) => customer.customerRef === customerRef)
  const writes: Promise<unknown>[] = [
    known ? touchPresent(scope, customerRef, now) : insertCustomer(scope, customerRef, now),
  ]
  const save = (identifier: Identifier, isNew: boolean): void => {
    writes.push(
      isNew ? saveLink(scope, identifier, customerRef, now) : touchLink(scope, identifier, customerRef, now),
    )
    if (vault && isNew) writes.push(saveReadable(scope, vault, identifier))
  }
  const { number } = identifiers
  // A number that is nobody's in particular gains no more customers: the list would grow with every call.
  if (number && !isGeneric(matches.onNumber)) save(number, !isOwn(matches.onNumber))
  for (const { identifier, customers } of matches.byExternalId) {
    const own = isOwn(customers)
    if (customers.length === 0 || own) save(identifier, !own)
  }
  await Promise.all(writes)
}

async function touchPresent(scope: Scope, customerRef: string, now: number): Promise<void> {
  if (!(await touchCustomer(scope, customerRef, now))) throw new CustomerVanished()
}
