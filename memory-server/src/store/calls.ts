import { numberOf, textOf } from './database.ts'
import type { Row } from './database.ts'
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

/** What is known of a call: its requests that were answered, and whose it was corrected to be. */
export interface AnsweredCall {
  readonly start?: Omit<CallRecord, 'answer'>
  readonly end?: Omit<CallRecord, 'answer'>
  /** The stage that was asked for, with its answer. */
  readonly earlier?: CallRecord
  /** The latest correction. */
  readonly correction?: { readonly fromRef: string; readonly toRef: string }
}

/** Finds which stages of a call were answered, and the answer to one of them. */
export async function findAnswered(
  scope: Scope,
  { bucket, callHash, stage }: CallKey,
): Promise<AnsweredCall> {
  const rows = await scope.transaction.read(STATEMENTS.findAnswered, [scope.tenant, bucket, callHash, stage])
  const recordOfStage = (wanted: CallStage): CallRecord | undefined => {
    const row = rows.find((each) => each['stage'] === wanted)
    return row && recordOf(row)
  }
  const [start, end, earlier] = [recordOfStage('start'), recordOfStage('end'), recordOfStage(stage)]
  const corrected = rows.find((row) => row['to_ref'] !== null)
  return {
    ...(start && { start }),
    ...(end && { end }),
    ...(earlier && { earlier }),
    ...(corrected && {
      correction: { fromRef: textOf(corrected, 'from_ref'), toRef: textOf(corrected, 'to_ref') },
    }),
  }
}

/** Finds what was answered to a call's start or end; undefined when it has not been seen. */
export async function findCall(scope: Scope, key: CallKey): Promise<CallRecord | undefined> {
  const { bucket, callHash, stage } = key
  const [row] = await scope.transaction.read(STATEMENTS.findCall, [scope.tenant, bucket, callHash, stage])
  return row && recordOf(row)
}

function recordOf(row: Row): CallRecord {
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
