import { numberOf } from './database.ts'
import type { Database } from './database.ts'
import type { CallStage } from './calls.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** Requests that were answered in a month, replays not counted. */
export interface Usage {
  readonly starts: number
  readonly ends: number
}

/** Counts one request. `month` is written `2026-11`. */
export async function countUse(
  { transaction, tenant }: Scope,
  stage: CallStage,
  bucket: number,
  month: string,
): Promise<void> {
  const [starts, ends] = stage === 'start' ? [1, 0] : [0, 1]
  await transaction.run(STATEMENTS.countUse, [tenant, bucket, month, starts, ends])
}

/** Finds what a tenant has used in a month. */
export async function findUsage(
  source: Pick<Database, 'read'>,
  tenant: string,
  month: string,
): Promise<Usage> {
  const rows = await source.read(STATEMENTS.findUsage, [tenant, month])
  const sumOf = (column: 'starts' | 'ends'): number =>
    rows.reduce((sum, row) => sum + numberOf(row, column), 0)
  return { starts: sumOf('starts'), ends: sumOf('ends') }
}
