import type { TransactionOptions, Work } from '../database.ts'
import { textOf } from '../database.ts'
import { STATEMENTS } from '../statements.ts'
import type { BucketWrites, Pending } from './attempt.ts'
import type { PendingKey } from './part.ts'

/** Runs work on one bucket, whatever is unfinished. */
export type RunPlainly = <T>(work: Work<T>, options?: TransactionOptions) => Promise<T>

const REPEATABLE = { repeatable: true }

/**
 * Writes what decided work has not written yet. Any number of processes may try at once: one holds the note of the
 * decision while it writes, and each bucket keeps a mark of having been written, so everything happens once.
 */
export async function finishWork(run: RunPlainly, key: PendingKey): Promise<void> {
  const params = paramsOf(key)
  const rest = await run(async (transaction) => {
    await transaction.run(STATEMENTS.holdPending, params)
    const [row] = await transaction.read(STATEMENTS.findPending, params)
    if (!row) return []
    const held = JSON.parse(textOf(row, 'writes')) as BucketWrites[]
    // These are transactions of their own, in the clusters of their buckets, inside the one that holds the note.
    for (const each of held) await writeOnce(run, key, each)
    await transaction.run(STATEMENTS.deletePending, params)
    return held
  }, REPEATABLE)
  await removeMarks(run, key, rest)
}

/** Removes the note and the marks of work that is written everywhere: the note first, for it is what calls for marks. */
export async function tidyUp(run: RunPlainly, pending: Pending): Promise<void> {
  await run((transaction) => transaction.run(STATEMENTS.deletePending, paramsOf(pending)), REPEATABLE)
  await removeMarks(run, pending, pending.rest)
}

async function writeOnce(
  run: RunPlainly,
  { tenant, workId }: PendingKey,
  { bucket, writes }: BucketWrites,
): Promise<void> {
  await run(async (transaction) => {
    if ((await transaction.read(STATEMENTS.findApplied, [tenant, bucket, workId])).length > 0) return
    await transaction.run(STATEMENTS.insertApplied, [tenant, bucket, workId, 0])
    for (const { sql, params } of writes) await transaction.run(sql, params)
  }, REPEATABLE)
}

async function removeMarks(
  run: RunPlainly,
  { tenant, workId }: PendingKey,
  rest: readonly BucketWrites[],
): Promise<void> {
  for (const { bucket } of rest) {
    await run(
      (transaction) => transaction.run(STATEMENTS.deleteApplied, [tenant, bucket, workId]),
      REPEATABLE,
    )
  }
}

function paramsOf({ tenant, bucket, workKey, workId }: PendingKey): (string | number)[] {
  return [tenant, bucket, workKey, workId]
}
