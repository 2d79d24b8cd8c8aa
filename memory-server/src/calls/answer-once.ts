import { CallerMemoryError } from '../../../src/errors.ts'
import { bucketOfHash } from '../identity/keyed-hash.ts'
import { findAnswered, insertCall } from '../store/calls.ts'
import type { AnsweredCall, CallKey, CallRecord, CallStage } from '../store/calls.ts'
import type { Transaction } from '../store/database.ts'
import type { Scope } from '../store/scope.ts'
import { findTombstone } from '../store/tombstones.ts'
import type { Memory } from './memory.ts'
import { useQuota } from './usage.ts'
import { untilPresent } from './vanished.ts'

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

/** A call that is being answered. */
export interface CallAtHand extends AnsweredCall {
  readonly bucket: number
  readonly callHash: string
  /** When the request came. */
  readonly at: Date
}

/** How a request is answered. */
export interface AnswerSteps<A extends Answer, Ahead> {
  /** Reads what the request alone tells to read, at the same time as whether it was answered before. */
  readonly lookAhead: (scope: Scope) => Promise<Ahead>
  readonly answer: (scope: Scope, call: CallAtHand, ahead: Ahead) => Promise<A>
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
export function answerOnce<A extends Answer, Ahead>(
  memory: Memory,
  stage: CallStage,
  request: { readonly callId: string },
  { lookAhead, answer }: AnswerSteps<A, Ahead>,
): Promise<A> {
  const key = callKey(memory, request.callId, stage)
  const bodyHash = memory.keyedHash('body', JSON.stringify(request))
  const work = async (transaction: Transaction): Promise<A> => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    const buried = { kind: 'call', callHash: key.callHash } as const
    const [answered, tombstoneOfStart, ahead] = await Promise.all([
      findAnswered(scope, key),
      stage === 'start' ? findTombstone(scope, memory.keyedHash, buried) : undefined,
      lookAhead(scope),
    ])
    const { earlier } = answered
    // Forgetting removes both stages, so a call whose start is there was not forgotten.
    const isAlone = stage === 'end' && !answered.start
    const tombstone = isAlone ? await findTombstone(scope, memory.keyedHash, buried) : tombstoneOfStart
    if (earlier) return replay(request.callId, stage, earlier, bodyHash) as A
    if (tombstone) {
      throw new CallerMemoryError('CM_CUSTOMER_FORGOTTEN', 'the customer of this call was forgotten')
    }
    const at = memory.clock()
    const { bucket, callHash } = key
    const given = await answer(scope, { ...answered, bucket, callHash, at }, ahead)
    const { call_id: _, ...kept } = given
    const customerRef = given.customer_ref
    const record = { bodyHash, customerRef, answer: JSON.stringify(kept), answeredAt: at.getTime() }
    // Counted last: the row is shared, and held from here until the transaction ends.
    await Promise.all([insertCall(scope, key, record), useQuota(memory, scope, key, at)])
    return given
  }
  const options = { repeatable: true, key: key.callHash }
  return untilPresent(() => memory.database.transaction(work, options))
}

function replay(callId: string, stage: CallStage, earlier: CallRecord, bodyHash: string): Answer {
  if (earlier.bodyHash !== bodyHash) {
    throw new CallerMemoryError('CM_CALL_CONFLICT', `this call_id was used for another ${stage} request`)
  }
  return { call_id: callId, ...(JSON.parse(earlier.answer) as Omit<Answer, 'call_id'>) }
}
