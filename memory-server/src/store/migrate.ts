import { createHash } from 'node:crypto'
import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { numberOf, textOf } from './database.ts'
import type { Database } from './database.ts'
import { STATEMENTS } from './statements.ts'
import type { Migration, NewColumn } from './sql/migrations.ts'

/**
 * Brings the schema to the newest version, forward only.
 *
 * Each statement commits on its own and is written so that it may run twice: some PostgreSQL-compatible
 * engines take one change of schema per transaction and never together with rows. Servers that start at the same
 * time may do the same step at the same time.
 *
 * @throws CM_STORE_UNAVAILABLE when the file has a version that this server does not know, or one that was
 * made from other statements.
 */
export async function migrate(
  database: Database,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<void> {
  await run(database, STATEMENTS.createMigrations)
  const rows = await database.read(STATEMENTS.findMigrations, [])
  const applied = new Map(rows.map((row) => [numberOf(row, 'version'), textOf(row, 'checksum')]))
  refuseUnknown([...applied.keys()], migrations)
  for (const migration of migrations) {
    const checksum = checksumOf(migration)
    const known = applied.get(migration.version)
    if (known !== undefined && known !== checksum) {
      throw refusal(`schema version ${migration.version} was made from other statements than this server has`)
    }
    if (known === undefined) await apply(database, migration, checksum, clock)
  }
}

const REPEATABLE = { repeatable: true }

function refuseUnknown(versions: readonly number[], migrations: readonly Migration[]): void {
  const newer = versions.find((version) => !migrations.some((migration) => migration.version === version))
  if (newer !== undefined) throw refusal(`it has schema version ${newer}, which this server does not know`)
}

function refusal(reason: string): CallerMemoryError {
  return new CallerMemoryError(
    'CM_STORE_UNAVAILABLE',
    `the database cannot be used: ${reason}; run the server that made it, or use another database`,
  )
}

async function apply(
  database: Database,
  migration: Migration,
  checksum: string,
  clock: Clock,
): Promise<void> {
  for (const statement of migration.statements) await run(database, statement)
  for (const column of migration.columns ?? []) await addColumn(database, column)
  const { version, name } = migration
  await database.transaction(async (transaction) => {
    const known = await transaction.read(STATEMENTS.findMigration, [version])
    if (known.length > 0) return
    await transaction.run(STATEMENTS.insertMigration, [version, name, checksum, clock().getTime()])
  }, REPEATABLE)
}

async function run(database: Database, statement: string): Promise<void> {
  await database.transaction((transaction) => transaction.run(statement, []), REPEATABLE)
}

/** Adds a column unless it is there: because the step was cut short, or another server was quicker. */
async function addColumn(database: Database, { table, column, type }: NewColumn): Promise<void> {
  try {
    await run(database, `ALTER TABLE ${table} ADD COLUMN ${column} ${type}`)
  } catch (error) {
    const isThere = await database.read(`SELECT ${column} FROM ${table} WHERE 1 = 0`, []).then(
      () => true,
      () => false,
    )
    if (!isThere) throw error
  }
}

function checksumOf({ statements, columns }: Migration): string {
  const text = JSON.stringify(columns ? [statements, columns] : statements)
  return createHash('sha256').update(text).digest('hex')
}
