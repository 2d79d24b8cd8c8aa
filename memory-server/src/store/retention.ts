import { bucketOfHash } from '../identity/keyed-hash.ts'
import type { CallStage } from './calls.ts'
import { deleteCorrection, findCorrection } from './corrections.ts'
import { numberOf, textOf } from './database.ts'
import type { SqlValue } from './database.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** Customers of one bucket whose references follow `after`, up to `last`. */
export interface CustomerRange {
  readonly bucket: number
  readonly after: string
  readonly last: string
}

/** A customer and the time of the last contact, in epoch milliseconds, as all times here. */
export interface LastContact {
  readonly customerRef: string
  readonly lastContactAt: number
}

/** Finds the next customers of a bucket. */
export async function findContacts(
  { transaction, tenant }: Scope,
  bucket: number,
  after: string,
  limit: number,
): Promise<LastContact[]> {
  const rows = await transaction.read(STATEMENTS.pageOfContacts, [tenant, bucket, after, limit])
  return rows.map((row) => ({
    customerRef: textOf(row, 'customer_ref'),
    lastContactAt: numberOf(row, 'last_contact_at'),
  }))
}

/** Removes variables that have expired, also from the notes of calls. Answers how many. */
export async function eraseOldVariables(scope: Scope, range: CustomerRange, now: number): Promise<number> {
  const params = [...rangeKey(scope, range), now]
  const total = await totalOf(scope, STATEMENTS.countOldVariables, params)
  if (total > 0) await scope.transaction.run(STATEMENTS.eraseOldVariables, params)
  await scope.transaction.run(STATEMENTS.blankOldNotes, params)
  return total
}

/** Removes intents that were last named before these times. Answers how many. */
export async function eraseOldIntents(
  scope: Scope,
  range: CustomerRange,
  { openBefore, settledBefore }: { readonly openBefore: number; readonly settledBefore: number },
): Promise<number> {
  const params = [...rangeKey(scope, range), openBefore, settledBefore]
  const total = await totalOf(scope, STATEMENTS.countOldIntents, params)
  if (total > 0) await scope.transaction.run(STATEMENTS.eraseOldIntents, params)
  return total
}

/** What went with calls. */
export interface ErasedCalls {
  readonly notes: number
  readonly answers: number
  readonly corrections: number
}

/** Removes the notes of calls that ended before a time, with the stored answers and the corrections of those calls. */
export async function eraseOldNotes(
  scope: Scope,
  range: CustomerRange,
  before: number,
  limit: number,
): Promise<ErasedCalls> {
  const { transaction, tenant } = scope
  const params = [...rangeKey(scope, range), before, limit]
  const erased = { notes: 0, answers: 0, corrections: 0 }
  for (const row of await transaction.read(STATEMENTS.findOldNotes, params)) {
    const callHash = textOf(row, 'call_hash')
    erased.notes += 1
    for (const stage of ['start', 'end'] as const) {
      if (await eraseAnswer(scope, callHash, stage)) erased.answers += 1
    }
    if (await eraseCorrection(scope, callHash)) erased.corrections += 1
    const key = [tenant, range.bucket, textOf(row, 'customer_ref'), numberOf(row, 'called_at'), callHash]
    await transaction.run(STATEMENTS.eraseNote, key)
  }
  return erased
}

/** Removes stored answers of a bucket that are older than a time, those after the call `after`, at most `limit`. */
export async function eraseOldAnswers(
  scope: Scope,
  bucket: number,
  { after, before, limit }: { readonly after: string; readonly before: number; readonly limit: number },
): Promise<ErasedCalls & { readonly last: string | undefined }> {
  const rows = await scope.transaction.read(STATEMENTS.findOldAnswers, [
    scope.tenant,
    bucket,
    after,
    before,
    limit,
  ])
  const erased = { notes: 0, answers: 0, corrections: 0 }
  for (const row of rows) {
    const callHash = textOf(row, 'call_hash')
    if (await eraseAnswer(scope, callHash, textOf(row, 'stage') as CallStage)) erased.answers += 1
    if (await eraseCorrection(scope, callHash)) erased.corrections += 1
  }
  const last = rows.at(-1)
  return { ...erased, last: last && rows.length === limit ? textOf(last, 'call_hash') : undefined }
}

/** Removes entries of the change feed that are older than a time, at most `limit`. Answers how many. */
export async function eraseOldEvents(
  { transaction, tenant }: Scope,
  bucket: number,
  before: number,
  limit: number,
): Promise<number> {
  const rows = await transaction.read(STATEMENTS.findOldEvents, [tenant, bucket, before, limit])
  for (const row of rows) {
    const key = [tenant, bucket, numberOf(row, 'recorded_at'), textOf(row, 'event_id')]
    await transaction.run(STATEMENTS.eraseEvent, key)
  }
  return rows.length
}

async function eraseAnswer(
  { transaction, tenant }: Scope,
  callHash: string,
  stage: CallStage,
): Promise<boolean> {
  const key = [tenant, bucketOfHash(callHash), callHash, stage]
  if ((await transaction.read(STATEMENTS.findCall, key)).length === 0) return false
  await transaction.run(STATEMENTS.eraseAnswer, key)
  return true
}

async function eraseCorrection(scope: Scope, callHash: string): Promise<boolean> {
  if (!(await findCorrection(scope, callHash))) return false
  await deleteCorrection(scope, callHash)
  return true
}

function rangeKey({ tenant }: Scope, { bucket, after, last }: CustomerRange): SqlValue[] {
  return [tenant, bucket, after, last]
}

async function totalOf(scope: Scope, statement: string, params: readonly SqlValue[]): Promise<number> {
  const [row] = await scope.transaction.read(statement, params)
  return row ? numberOf(row, 'total') : 0
}
