import type { MergeResponse, UnmergeResponse } from '../../../src/contract.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { Memory } from '../calls/memory.ts'
import { recordAccess } from '../customers/record-access.ts'
import { requireLocked } from '../customers/require-customer.ts'
import { timeOf } from '../customers/show-customer.ts'
import { recordEvent } from '../feed/record-event.ts'
import { bucketOfCustomerRef } from '../identity/customer-ref.ts'
import type { MergeRequest } from '../request/merge-request.ts'
import { eraseMerge, findAlias, findMerges, saveMerge } from '../store/merges.ts'
import type { Scope } from '../store/scope.ts'
import { moveAll } from './move-all.ts'
import { takeApart } from './take-apart.ts'

/**
 * Makes two customers one. The reference of the one that goes leads to the other from then on. Customers who are
 * one already stay as they are, so that a repeated request is no error.
 *
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has one of the references.
 * @throws CM_CUSTOMER_FORGOTTEN when a customer was forgotten.
 */
export function mergeCustomers(memory: Memory, request: MergeRequest): Promise<MergeResponse> {
  const work = async (scope: Scope): Promise<MergeResponse> => {
    const [gone, kept] = await requireLocked(memory, scope, [request.customerRef, request.intoRef])
    if (gone === undefined || kept === undefined)
      throw new CallerMemoryError('CM_BUG', 'a customer is missing')
    if (gone === kept) return mergedBefore(scope, request, kept)
    const now = memory.clock().getTime()
    const earlier = await findMerges(scope, kept)
    const { images, calls } = await moveAll(scope, { goneRef: gone, keptRef: kept, now })
    const number = (earlier.at(-1)?.number ?? 0) + 1
    await saveMerge(scope, { intoRef: kept, customerRef: gone, number, mergedAt: now, images, calls })
    await recordAccess(memory, scope, 'merge', gone)
    await recordAccess(memory, scope, 'merge', kept)
    for (const ref of [gone, kept]) await recordEvent(memory, scope, ref, 'customer.merged')
    return { customer_ref: kept, merged_customer_ref: gone, merged_at: timeOf(now) }
  }
  // What is still to be written about the one that goes would be written where nobody looks for it.
  const settledBucket = bucketOfCustomerRef(request.customerRef) ?? -1
  return memory.database.transaction((transaction) => work({ transaction, tenant: memory.tenant }), {
    repeatable: true,
    settledBucket,
  })
}

async function mergedBefore(
  scope: Scope,
  { customerRef, intoRef }: MergeRequest,
  kept: string,
): Promise<MergeResponse> {
  for (const merged of [customerRef, intoRef]) {
    const alias = await findAlias(scope, merged)
    if (alias) {
      return { customer_ref: kept, merged_customer_ref: merged, merged_at: timeOf(alias.mergedAt) }
    }
  }
  throw new CallerMemoryError('CM_BUG', 'two references lead to one customer without a merge')
}

/**
 * Takes a merged customer out again. It gets back what it had; what came since stays with the other. A customer
 * who is not merged stays as it is, so that a repeated request is no error.
 *
 * @throws CM_CALL_CONFLICT when a later merge must be taken apart first.
 * @throws CM_CUSTOMER_NOT_FOUND, CM_CUSTOMER_FORGOTTEN as for merging.
 */
export function unmergeCustomer(memory: Memory, customerRef: string): Promise<UnmergeResponse> {
  const work = async (scope: Scope): Promise<UnmergeResponse> => {
    await requireLocked(memory, scope, [customerRef])
    const alias = await findAlias(scope, customerRef)
    if (!alias) return { customer_ref: customerRef, separated_from: null }
    const merge = (await findMerges(scope, alias.intoRef)).at(-1)
    if (merge?.customerRef !== customerRef || (await findAlias(scope, alias.intoRef))) {
      throw new CallerMemoryError('CM_CALL_CONFLICT', 'a later merge must be taken apart first')
    }
    await takeApart(scope, merge, memory.clock().getTime())
    await eraseMerge(scope, merge)
    await recordAccess(memory, scope, 'unmerge', customerRef)
    await recordAccess(memory, scope, 'unmerge', alias.intoRef)
    for (const ref of [customerRef, alias.intoRef]) await recordEvent(memory, scope, ref, 'customer.unmerged')
    return { customer_ref: customerRef, separated_from: alias.intoRef }
  }
  return memory.database.transaction((transaction) => work({ transaction, tenant: memory.tenant }), {
    repeatable: true,
  })
}
