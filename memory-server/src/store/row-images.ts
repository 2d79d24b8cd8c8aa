import { isDeepStrictEqual } from 'node:util'
import { numberOf, textOf } from './database.ts'
import type { Row, SqlValue } from './database.ts'
import type { Scope } from './scope.ts'

/** Columns of a row beside its key. */
export type RowValues = Readonly<Record<string, SqlValue>>

/** Tables whose rows a correction moves: what follows tenant and bucket in the key, and the other columns. */
const TABLES = {
  customers: { key: ['customer_ref'], values: ['created_at', 'last_contact_at'] },
  identifier_links: {
    key: ['identifier_hash', 'customer_ref'],
    values: ['kind', 'first_seen_at', 'last_seen_at', 'confirmed_count', 'corrected_count'],
  },
  customer_identifiers: { key: ['customer_ref', 'identifier_hash'], values: ['kind', 'namespace_hash'] },
  identifier_namespaces: { key: ['customer_ref', 'namespace_hash'], values: ['namespace'] },
  intents: { key: ['customer_ref', 'intent'], values: ['status', 'attempt_count', 'updated_at'] },
  variables: { key: ['customer_ref', 'name'], values: ['value', 'source', 'updated_at', 'expires_at'] },
  call_notes: {
    key: ['customer_ref', 'called_at', 'call_hash'],
    values: ['ended_at', 'state', 'intent', 'intent_status', 'more_intents', 'variables', 'expires_at'],
  },
} as const

const WHOLE_NUMBER = /(?:_at|_count)$/

/** Where a row is. */
export interface RowPlace {
  readonly table: keyof typeof TABLES
  readonly bucket: number
  /** The rest of the key, in its order. */
  readonly key: readonly SqlValue[]
}

/** A row before and after a change; null where it is not there. */
export interface RowImage extends RowPlace {
  readonly before: RowValues | null
  readonly after: RowValues | null
}

/** Reads a row; null when it is not there. */
export async function readRow(scope: Scope, { table, bucket, key }: RowPlace): Promise<RowValues | null> {
  const { values } = TABLES[table]
  const sql = `SELECT ${values.join(', ')} FROM ${table} WHERE ${conditionOf(table)}`
  const [row] = await scope.transaction.read(sql, [scope.tenant, bucket, ...key])
  return row ? Object.fromEntries(values.map((column) => [column, valueOf(row, column)])) : null
}

/** Writes a row over what is there; null removes it. */
export async function writeRow(scope: Scope, place: RowPlace, row: RowValues | null): Promise<void> {
  const { table, bucket, key } = place
  const params = [scope.tenant, bucket, ...key]
  await scope.transaction.run(`DELETE FROM ${table} WHERE ${conditionOf(table)}`, params)
  if (!row) return
  const { key: names, values } = TABLES[table]
  const columns = ['tenant', 'bucket', ...names, ...values]
  const sql = `INSERT INTO ${table} (${columns.join(', ')})
    VALUES (${columns.map((_column, index) => `$${index + 1}`).join(', ')})`
  await scope.transaction.run(sql, [...params, ...values.map((column) => row[column] ?? null)])
}

/** Whether every row is as the change left it. */
export async function isAsLeft(scope: Scope, images: readonly RowImage[]): Promise<boolean> {
  for (const image of images) {
    if (!isDeepStrictEqual(await readRow(scope, image), image.after)) return false
  }
  return true
}

function conditionOf(table: keyof typeof TABLES): string {
  const names = ['tenant', 'bucket', ...TABLES[table].key]
  return names.map((name, index) => `${name} = $${index + 1}`).join(' AND ')
}

/** PostgreSQL drivers hand bigint over as text. */
function valueOf(row: Row, column: string): SqlValue {
  const value = row[column]
  if (value === null || value === undefined) return null
  return WHOLE_NUMBER.test(column) ? numberOf(row, column) : textOf(row, column)
}
