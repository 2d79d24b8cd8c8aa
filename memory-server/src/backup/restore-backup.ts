import { CallerMemoryError } from '../../../src/errors.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import { countTable, insertRows } from '../store/copy-rows.ts'
import type { Store } from '../store/database.ts'
import { eraseCustomer } from '../store/erase.ts'
import { FINGERPRINT, markRestore } from '../store/installation.ts'
import { pageOfCustomers } from '../store/integrity.ts'
import { allPlaces } from '../store/places.ts'
import type { Place } from '../store/places.ts'
import { MIGRATIONS } from '../store/sql/migrations.ts'
import type { Migration } from '../store/sql/migrations.ts'
import { findTombstone } from '../store/tombstones.ts'
import { rowsIn } from './read-backup.ts'
import type { CheckedBackup } from './read-backup.ts'

/** A restore into a database that has nothing but the backup's own schema. */
export interface RestoreOptions {
  readonly backup: CheckedBackup
  readonly database: Store
  /** Told the rows so far, now and then. */
  readonly onProgress?: (rows: number) => void
}

const ROWS_AT_ONCE = 800
const PROGRESS_ROWS = 50_000

/**
 * The migrations with which a database is made for the rows of a backup.
 *
 * @throws CM_CONFIG_INVALID when the backup was made with another hash key.
 * @throws CM_USAGE when it has a schema that this program does not know.
 */
export function migrationsFor({ header }: CheckedBackup, keyedHash: KeyedHash): readonly Migration[] {
  if (header.hash_key !== '' && header.hash_key !== keyedHash(FINGERPRINT)) {
    const message = 'MEMORY_SERVER_HASH_KEY is not the key with which the backup was made'
    throw new CallerMemoryError('CM_CONFIG_INVALID', message)
  }
  const newer = header.schema.find((version) => !MIGRATIONS.some((known) => known.version === version))
  if (newer !== undefined) {
    const message = `the backup has schema version ${newer}, which this program does not know`
    throw new CallerMemoryError('CM_USAGE', message)
  }
  return MIGRATIONS.filter(({ version }) => header.schema.includes(version))
}

/**
 * Copies the rows of a backup into a database and counts them there. Until that is done the database is marked, so
 * that no server takes half of it for the whole.
 *
 * @throws CM_STORE_DAMAGED when another number of rows arrived than the backup has.
 */
export async function restoreRows({ backup, database, onProgress }: RestoreOptions): Promise<number> {
  await database.transaction((transaction) => markRestore(transaction, true))
  let restored = 0
  for await (const batch of rowsIn(backup, ROWS_AT_ONCE)) {
    const table = backup.header.tables[batch[0]?.[0] ?? -1]
    if (!table) continue
    const rows = batch.map(([, ...cells]) => cells)
    await database.transaction((transaction) => insertRows(transaction, table, rows))
    if (Math.floor((restored + rows.length) / PROGRESS_ROWS) > Math.floor(restored / PROGRESS_ROWS)) {
      onProgress?.(restored + rows.length)
    }
    restored += rows.length
  }
  await database.transaction((transaction) => markRestore(transaction, false))
  for (const [name, count] of Object.entries(backup.rows)) {
    if ((await countTable(database.read, name)) === count) continue
    throw new CallerMemoryError(
      'CM_STORE_DAMAGED',
      `the table ${name} has another number of rows than the backup`,
    )
  }
  return restored
}

/**
 * Takes the tombstones of another backup, usually one of the system that was in use until now, and erases whoever was
 * forgotten after the restored backup was made. Answers how many were.
 */
export async function repeatErasures(
  database: Store,
  keyedHash: KeyedHash,
  tombstones: CheckedBackup,
): Promise<number> {
  const position = tombstones.header.tables.findIndex(({ name }) => name === 'tombstones')
  const table = tombstones.header.tables[position]
  if (!table) throw new CallerMemoryError('CM_USAGE', 'the file holds no tombstones')
  for await (const batch of rowsIn(tombstones, ROWS_AT_ONCE)) {
    if (batch[0]?.[0] !== position) continue
    const rows = batch.map(([, ...cells]) => cells)
    await database.transaction(async (transaction) => {
      for (const row of rows) await insertRows(transaction, table, [row], 'unless there')
    })
  }
  let erased = 0
  for await (const place of allPlaces(database)) erased += await eraseForgotten(database, keyedHash, place)
  return erased
}

async function eraseForgotten(database: Store, keyedHash: KeyedHash, place: Place): Promise<number> {
  const { tenant } = place
  let erased = 0
  for (let after = ''; ;) {
    const page = await pageOfCustomers(database, place, after)
    for (const customerRef of page) {
      const isErased = await database.transaction(async (transaction) => {
        const scope = { transaction, tenant }
        if (!(await findTombstone(scope, keyedHash, { kind: 'customer', customerRef }))) return false
        await eraseCustomer(scope, customerRef)
        return true
      })
      if (isErased) erased += 1
    }
    const last = page.at(-1)
    if (last === undefined) return erased
    after = last
  }
}
