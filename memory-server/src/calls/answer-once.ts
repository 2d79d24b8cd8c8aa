import { CallerMemoryError } from '../../../src/errors.ts'
import { bucketOfHash } from '../identity/keyed-hash.ts'
import { findCall, insertCall } from '../store/calls.ts'
import type { CallKey, CallStage } from '../store/calls.ts'
import type { Transaction } from '../store/database.ts'
import type { Scope } from '../store/scope.ts'
import { findTombstone } from '../store/tombstones.ts'
import type { Memory } from './memory.ts'
import { useQuota } from './usage.ts'

/** What every answer holds. */
interface Answer {
  readonly call_id: string
  readonly customer_ref: string
}

/** The key of one stage of a call. */
export function callKey({ keyedHash, tenant }: Memory, callId: string, stage: CallStage): CallKey {
  const callHash = keyedHash(tenant, 'call', callId)
  return { bucket: bucketOfHash(callHash), callHash, stage }
}

/**
 * Answers a request once. The same request again gets the stored answer and changes nothing.
 * `request` is the checked request, whose form is fixed, so that the order of fields and ignored fields
 * make no difference. Everything happens in one transaction.
 *
 * @throws CM_CALL_CONFLICT when the `call_id` was used with another request.
 * @throws CM_CUSTOMER_FORGOTTEN when the call was of a customer who has been forgotten since.
 * @throws CM_QUOTA_USED_UP when the quota of the month is used up; what was answered before still replays.
 */
export function answerOnce<A extends Answer>(
  memory: Memory,
  stage: CallStage,
  request: { readonly callId: string },
  answer: (scope: Scope, at: Date) => Promise<A>,
): Promise<A> {
  const key = callKey(memory, request.callId, stage)
  const bodyHash = memory.keyedHash('body', JSON.stringify(request))
  const work = async (transaction: Transaction): Promise<A> => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    const earlier = await findCall(scope, key)
    if (earlier) {
      if (earlier.bodyHash !== bodyHash) {
        throw new CallerMemoryError('CM_CALL_CONFLICT', `this call_id was used for another ${stage} request`)
      }
      return { call_id: request.callId, ...(JSON.parse(earlier.answer) as Omit<A, 'call_id'>) } as A
    }
    if (await findTombstone(scope, memory.keyedHash, { kind: 'call', callHash: key.callHash })) {
      throw new CallerMemoryError('CM_CUSTOMER_FORGOTTEN', 'the customer of this call was forgotten')
    }
    const at = memory.clock()
    await useQuota(memory, scope, key, at)
    const given = await answer(scope, at)
    const { call_id: _, ...kept } = given
    const customerRef = given.customer_ref
    const record = { bodyHash, customerRef, answer: JSON.stringify(kept), answeredAt: at.getTime() }
    await insertCall(scope, key, record)
    return given
  }
  return memory.database.transaction(work, { repeatable: true, key: key.callHash })
}
