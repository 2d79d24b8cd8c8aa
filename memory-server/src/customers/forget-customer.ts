import type { ForgetReceipt } from '../../../src/contract.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { Memory } from '../calls/memory.ts'
import { bucketOfCustomerRef } from '../identity/customer-ref.ts'
import { findCustomer } from '../store/customers.ts'
import type { Transaction } from '../store/database.ts'
import { eraseCustomer } from '../store/erase.ts'
import type { Scope } from '../store/scope.ts'
import { findTombstone, saveTombstone } from '../store/tombstones.ts'
import { recordAccess } from './record-access.ts'
import { timeOf } from './show-customer.ts'

/**
 * Forgets a customer: everything goes, in one transaction. What stays is a tombstone for the reference and
 * for each call, from which neither can be read; it makes a late save fail. Asked again, the same receipt is
 * answered, so that a repeated request is no error.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has or had the reference.
 */
export function forgetCustomer(memory: Memory, customerRef: string): Promise<ForgetReceipt> {
  const { keyedHash } = memory
  const work = async (transaction: Transaction): Promise<ForgetReceipt> => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    const buried = { kind: 'customer', customerRef } as const
    const earlier = await findTombstone(scope, keyedHash, buried)
    if (earlier) return receipt(customerRef, earlier)
    if (!(await findCustomer(scope, customerRef))) {
      throw new CallerMemoryError('CM_CUSTOMER_NOT_FOUND', 'no customer has this customer_ref')
    }
    const { counts, callHashes } = await eraseCustomer(scope, customerRef)
    await recordAccess(memory, scope, 'forget', customerRef)
    const tombstone = { forgottenAt: memory.clock().getTime(), counts: { ...counts } }
    await saveTombstone(scope, keyedHash, buried, tombstone)
    for (const callHash of callHashes) {
      await saveTombstone(scope, keyedHash, { kind: 'call', callHash }, { ...tombstone, counts: {} })
    }
    return receipt(customerRef, tombstone)
  }
  // What is still to be written about the customer would come back after it was erased.
  return memory.database.transaction(work, { settledBucket: bucketOfCustomerRef(customerRef) ?? -1 })
}

function receipt(
  customerRef: string,
  {
    forgottenAt,
    counts,
  }: { readonly forgottenAt: number; readonly counts: Readonly<Record<string, number>> },
): ForgetReceipt {
  return { customer_ref: customerRef, forgotten_at: timeOf(forgottenAt), counts }
}
