import { CallerMemoryError } from '../../../src/errors.ts'
import type { Memory } from '../calls/memory.ts'
import type { Customer } from '../identity/choose-customer.ts'
import { lockCustomer } from '../store/customers.ts'
import { findCurrentCustomer } from '../store/merges.ts'
import type { Scope } from '../store/scope.ts'
import { findTombstone } from '../store/tombstones.ts'

/**
 * Finds a customer whom a request names; a merged one is the customer it became part of.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has the reference.
 * @throws CM_CUSTOMER_FORGOTTEN when its customer was forgotten.
 */
export async function requireCustomer(memory: Memory, scope: Scope, customerRef: string): Promise<Customer> {
  const customer = await findCurrentCustomer(scope, customerRef)
  if (!customer) throw await unknownCustomer(memory, scope, customerRef)
  return customer
}

const LOCK_ATTEMPTS = 10

/**
 * Finds the customers to whom references lead and keeps others from changing what they have until the transaction
 * ends. Everybody locks in the same order, so that nobody waits in a circle. Answers the references in use.
 *
 * @throws CM_CUSTOMER_NOT_FOUND, CM_CUSTOMER_FORGOTTEN as `requireCustomer`.
 */
export async function requireLocked(
  memory: Memory,
  scope: Scope,
  customerRefs: readonly string[],
): Promise<readonly string[]> {
  for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt += 1) {
    const found: string[] = []
    for (const ref of customerRefs) found.push((await requireCustomer(memory, scope, ref)).customerRef)
    let isHeld = true
    for (const ref of [...new Set(found)].toSorted()) isHeld = (await lockCustomer(scope, ref)) && isHeld
    // Merged or forgotten while this one waited: whoever has the reference now must be found anew.
    if (isHeld) return found
  }
  throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the customer is being changed: try again')
}

/** The fault of a reference that nobody has: never had, or not any more. */
export async function unknownCustomer(
  { keyedHash }: Memory,
  scope: Scope,
  customerRef: string,
): Promise<CallerMemoryError> {
  const tombstone = await findTombstone(scope, keyedHash, { kind: 'customer', customerRef })
  return tombstone
    ? new CallerMemoryError('CM_CUSTOMER_FORGOTTEN', 'the customer of this customer_ref was forgotten')
    : new CallerMemoryError('CM_CUSTOMER_NOT_FOUND', 'no customer has this customer_ref')
}
