import { CallerMemoryError } from '../../../src/errors.ts'
import type { Memory } from '../calls/memory.ts'
import type { Customer } from '../identity/choose-customer.ts'
import { findCustomer } from '../store/customers.ts'
import type { Scope } from '../store/scope.ts'
import { findTombstone } from '../store/tombstones.ts'

/**
 * Finds a customer whom a request names.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has the reference.
 * @throws CM_CUSTOMER_FORGOTTEN when its customer was forgotten.
 */
export async function requireCustomer(memory: Memory, scope: Scope, customerRef: string): Promise<Customer> {
  const customer = await findCustomer(scope, customerRef)
  if (!customer) throw await unknownCustomer(memory, scope, customerRef)
  return customer
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
