import { CallerMemoryError } from '../../../../src/errors.ts'
import type { SqlValue } from '../database.ts'
import { tableOf, WHOLE_TABLES } from '../tables.ts'

/** Where a statement belongs: a small whole table, one bucket, or all buckets at once. */
export type StatementPlace =
  { readonly kind: 'whole' } | { readonly kind: 'bucket'; readonly bucket: number } | { readonly kind: 'all' }

const WRITE = /^\s*(?:INSERT|UPDATE|DELETE)\b/
const ONE_BUCKET = /\bbucket = \$2\b|^\s*INSERT INTO \w+\s+\(\s*tenant, bucket\b/

/** Whether a statement changes rows. */
export function isWrite(sql: string): boolean {
  return WRITE.test(sql)
}

/** Whether a statement changes the row of a customer, from which everything else can be found. */
export function changesCustomer(sql: string): boolean {
  return isWrite(sql) && tableOf(sql) === 'customers'
}

/**
 * Tells where a statement belongs. By the rule of the house every one names tenant and bucket first.
 *
 * @throws CM_BUG for a statement that breaks it.
 */
export function placeOf(sql: string, params: readonly SqlValue[]): StatementPlace {
  const table = tableOf(sql)
  if (table === undefined || WHOLE_TABLES.includes(table)) return { kind: 'whole' }
  if (ONE_BUCKET.test(sql)) {
    const bucket = params[1]
    // The bucket of a reference that is none of ours: nothing has it, wherever one looks.
    if (bucket === null) return { kind: 'whole' }
    if (typeof bucket === 'number') return { kind: 'bucket', bucket }
  } else if (!isWrite(sql)) {
    return { kind: 'all' }
  }
  throw new CallerMemoryError('CM_BUG', 'a statement names no bucket, so no cluster can be chosen for it')
}
