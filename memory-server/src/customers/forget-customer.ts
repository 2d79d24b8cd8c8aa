import type { ForgetReceipt } from '../../../src/contract.ts'
import type { Memory } from '../calls/memory.ts'
import { recordForgotten } from '../feed/record-event.ts'
import { bucketOfCustomerRef } from '../identity/customer-ref.ts'
import type { Transaction } from '../store/database.ts'
import { eraseCustomer } from '../store/erase.ts'
import { findCurrentCustomer } from '../store/merges.ts'
import type { Scope } from '../store/scope.ts'
import { findTombstone, saveTombstone } from '../store/tombstones.ts'
import type { Tombstone } from '../store/tombstones.ts'
import { recordAccess } from './record-access.ts'
import { requireLocked } from './require-customer.ts'
import { timeOf } from './show-customer.ts'

/**
 * Forgets a customer, with everybody who became part of it: everything goes, in one transaction. What stays is a
 * tombstone for each reference and each call, from which neither can be read; it makes a late save fail. Asked again,
 * the same receipt is answered, so that a repeated request is no error.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has or had the reference.
 */
export async function forgetCustomer(memory: Memory, customerRef: string): Promise<ForgetReceipt> {
  const { keyedHash } = memory
  const work = async (transaction: Transaction): Promise<ForgetReceipt> => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    const buried = { kind: 'customer', customerRef } as const
    const earlier = await findTombstone(scope, keyedHash, buried)
    if (earlier) return receipt(customerRef, earlier)
    const [current = customerRef] = await requireLocked(memory, scope, [customerRef])
    const tombstone = await eraseWithTombstone(memory, scope, current, 'forget')
    return receipt(customerRef, tombstone)
  }
  // What is still to be written about the customer would come back after it was erased.
  const holder = await memory.database.transaction(async (transaction) =>
    findCurrentCustomer({ transaction, tenant: memory.tenant }, customerRef),
  )
  const settledBucket = bucketOfCustomerRef(holder?.customerRef ?? customerRef) ?? -1
  return memory.database.transaction(work, { settledBucket })
}

/** Erases a customer who is there, leaves tombstones, and records it in the audit log. */
export async function eraseWithTombstone(
  memory: Pick<Memory, 'keyedHash' | 'clock' | 'actor' | 'eventRetentionMs' | 'now'>,
  scope: Scope,
  customerRef: string,
  action: 'forget' | 'expire',
): Promise<Tombstone> {
  const { keyedHash } = memory
  const { counts, callHashes, customerRefs } = await eraseCustomer(scope, customerRef)
  for (const ref of customerRefs) {
    await recordAccess(memory, scope, action, ref)
    await recordForgotten(memory, scope, ref)
  }
  const tombstone = { forgottenAt: memory.clock().getTime(), counts: { ...counts } }
  for (const ref of customerRefs) {
    await saveTombstone(scope, keyedHash, { kind: 'customer', customerRef: ref }, tombstone)
  }
  for (const callHash of callHashes) {
    await saveTombstone(scope, keyedHash, { kind: 'call', callHash }, { ...tombstone, counts: {} })
  }
  return tombstone
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
