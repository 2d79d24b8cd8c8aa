import type { PoolClient } from 'pg'
import { CallerMemoryError } from '../../../../src/errors.ts'
import type { PostgresHosts } from '../postgres-hosts.ts'
import { ONE_CLUSTER_SQL } from '../sql/clusters.ts'
import { tablesOfSchema } from '../tables.ts'
import { bucketStates } from './bucket-states.ts'
import type { BucketState } from './bucket-states.ts'
import { inTransaction, withClient } from './states-on.ts'

/** One bucket on its way from one cluster to another. */
export interface BucketMove {
  readonly bucket: number
  readonly source: PostgresHosts
  readonly target: PostgresHosts
}

/** The rows of one tenant in one bucket of one table. */
interface Shelf {
  readonly table: string
  readonly key: readonly string[]
  readonly tenant: string
  readonly bucket: number
}

// Rows in one statement: small transactions, as the engines that copy them to standbys like them.
const BATCH = 500

/** Makes the rows of a bucket in the target those of the source; answers how many rows it wrote. */
export async function copyBucket(move: BucketMove): Promise<number> {
  let written = 0
  const columnsOf = await columnsOn(move.source)
  for (const shelf of await shelvesOn(move.source, move.bucket)) {
    const columns = columnsOf.get(shelf.table) ?? []
    for await (const rows of pagesOf(move.source, shelf)) {
      written += await inState(move.target, move.bucket, 'a', (client) =>
        client.query(upsertOf(shelf, columns), [rows]).then(({ rowCount }) => rowCount ?? 0),
      )
    }
  }
  return written
}

/** Removes the rows of a bucket from the target that the source does not have. */
export async function removeStrays(move: BucketMove): Promise<void> {
  for (const shelf of await shelvesOn(move.target, move.bucket)) {
    for await (const rows of pagesOf(move.target, shelf)) {
      const strays = await withClient(move.source, (client) => readRows(client, straysOf(shelf), [rows]))
      if (strays.length === 0) continue
      await inState(move.target, move.bucket, 'a', (client) =>
        client.query(deletionOf(shelf), [`[${strays.join()}]`]),
      )
    }
  }
}

/** Removes every row of a bucket that has moved away. */
export async function clearBucket(source: PostgresHosts, bucket: number): Promise<void> {
  for (const shelf of await shelvesOn(source, bucket)) {
    for await (const rows of pagesOf(source, shelf)) {
      await inState(source, bucket, 'l', (client) => client.query(deletionOf(shelf), [rows]))
    }
  }
}

/** Does something while the cluster says this of the bucket; whoever wants to change that has to wait. */
function inState<T>(
  hosts: PostgresHosts,
  bucket: number,
  state: BucketState,
  use: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(hosts, ONE_CLUSTER_SQL.open, async (client) => {
    const { rows } = await client.query<{ value: string }>(ONE_CLUSTER_SQL.findBuckets)
    if (bucketStates(rows[0]?.value ?? '')[bucket] === state) return use(client)
    throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'another rebalance is moving the same bucket')
  })
}

/** Every shelf with rows, found in one question: tenants are few, so each is looked up from the one before it. */
async function shelvesOn(hosts: PostgresHosts, bucket: number): Promise<Shelf[]> {
  const tables = tablesOfSchema().filter(({ isWhole }) => !isWhole)
  const sql = tables.map(({ name }) => tenantsSql(name)).join(' UNION ALL ')
  const { rows } = await withClient(hosts, (client) =>
    client.query<{ name: string; tenant: string }>(sql, [bucket]),
  )
  return rows.map(({ name, tenant }) => ({
    table: name,
    key: tables.find((table) => table.name === name)?.key.slice(2) ?? [],
    tenant,
    bucket,
  }))
}

function tenantsSql(table: string): string {
  return `SELECT '${table}' AS name, tenant FROM (
      WITH RECURSIVE each (tenant) AS (
        (SELECT MIN(tenant) FROM ${table})
        UNION ALL
        SELECT (SELECT MIN(tenant) FROM ${table} t WHERE t.tenant > each.tenant) FROM each WHERE tenant IS NOT NULL
      ) SELECT tenant FROM each WHERE tenant IS NOT NULL
    ) AS tenants
    WHERE EXISTS (SELECT 1 FROM ${table} t WHERE t.tenant = tenants.tenant AND t.bucket = CAST($1 AS bigint))`
}

async function columnsOn(hosts: PostgresHosts): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await withClient(hosts, (client) =>
    client.query<{ table_name: string; column_name: string }>(ONE_CLUSTER_SQL.findColumns),
  )
  const columns = new Map<string, string[]>()
  for (const row of rows) {
    const own = columns.get(row.table_name) ?? []
    own.push(row.column_name)
    columns.set(row.table_name, own)
  }
  return columns
}

/** The rows in batches, each batch a JSON list in text. */
async function* pagesOf(hosts: PostgresHosts, { table, key, tenant, bucket }: Shelf): AsyncGenerator<string> {
  const columns = key.join(', ')
  const from = `SELECT CAST(to_jsonb(t) AS text) AS row FROM ${table} t WHERE tenant = $1 AND bucket = $2`
  const beyond = `(${columns}) > (SELECT ${columns} FROM jsonb_populate_record(NULL::${table}, CAST($3 AS jsonb)))`
  const order = key.length > 0 ? `ORDER BY ${columns} LIMIT ${BATCH}` : ''
  for (let last: string | undefined; ;) {
    const sql = `${from} ${last === undefined ? '' : `AND ${beyond}`} ${order}`
    const params = last === undefined ? [tenant, bucket] : [tenant, bucket, last]
    const rows = await withClient(hosts, (client) => readRows(client, sql, params))
    if (rows.length > 0) yield `[${rows.join()}]`
    last = rows.at(-1)
    if (last === undefined || rows.length < BATCH || key.length === 0) return
  }
}

async function readRows(
  client: PoolClient,
  sql: string,
  params: readonly (string | number)[],
): Promise<string[]> {
  return (await client.query<{ row: string }>(sql, [...params])).rows.map(({ row }) => row)
}

/** Writes what differs, and nothing else: a second copy reads much and writes little. */
function upsertOf({ table, key }: Shelf, columns: readonly string[]): string {
  const primary = ['tenant', 'bucket', ...key]
  const rest = columns.filter((column) => !primary.includes(column))
  const update =
    rest.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET ${rest.map((column) => `${column} = excluded.${column}`).join(', ')}`
  return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${sentTo(table)}
    WHERE NOT EXISTS (SELECT 1 FROM ${table} x WHERE ${sameKey(key)} AND to_jsonb(x) = to_jsonb(r))
    ON CONFLICT (${primary.join(', ')}) ${update}`
}

function straysOf({ table, key }: Shelf): string {
  return `SELECT CAST(to_jsonb(r) AS text) AS row FROM ${sentTo(table)}
    WHERE NOT EXISTS (SELECT 1 FROM ${table} x WHERE ${sameKey(key)})`
}

function deletionOf({ table, key }: Shelf): string {
  return `DELETE FROM ${table} x USING ${sentTo(table)} WHERE ${sameKey(key)}`
}

function sentTo(table: string): string {
  return `jsonb_populate_recordset(NULL::${table}, CAST($1 AS jsonb)) r`
}

function sameKey(key: readonly string[]): string {
  return ['tenant', 'bucket', ...key].map((column) => `x.${column} = r.${column}`).join(' AND ')
}
