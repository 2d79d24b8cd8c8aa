import { numberOf, textOf } from './database.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** The two requests of one call. Each has its own answer, so both may carry the same `call_id`. */
export type CallStage = 'start' | 'end'

/** The key of a call: its id only as a hash, for ids are chosen outside and may hold a number. */
export interface CallKey {
  readonly bucket: number
  readonly callHash: string
  readonly stage: CallStage
}

/** A request that was answered. */
export interface CallRecord {
  readonly bodyHash: string
  readonly customerRef: string
  /** The answer as JSON, without its `call_id`. */
  readonly answer: string
  /** Epoch milliseconds. */
  readonly answeredAt: number
}

/** Finds what was answered to a call's start or end; undefined when it has not been seen. */
export async function findCall(scope: Scope, key: CallKey): Promise<CallRecord | undefined> {
  const { bucket, callHash, stage } = key
  const [row] = await scope.transaction.read(STATEMENTS.findCall, [scope.tenant, bucket, callHash, stage])
  if (!row) return undefined
  return {
    bodyHash: textOf(row, 'body_hash'),
    customerRef: textOf(row, 'customer_ref'),
    answer: textOf(row, 'answer'),
    answeredAt: numberOf(row, 'answered_at'),
  }
}

/** Keeps an answer for the day the same request comes again. */
export async function insertCall(scope: Scope, key: CallKey, record: CallRecord): Promise<void> {
  await scope.transaction.run(STATEMENTS.insertCall, [
    scope.tenant,
    key.bucket,
    key.callHash,
    key.stage,
    record.bodyHash,
    record.customerRef,
    record.answer,
    record.answeredAt,
  ])
}
