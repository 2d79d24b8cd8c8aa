import { numberOf } from './database.ts'
import type { Database } from './database.ts'
import { tablesOfSchema } from './tables.ts'
import type { Table } from './tables.ts'

const HAS_CITUS = `SELECT count(*) AS found FROM pg_extension WHERE extname = 'citus'`
// The metadata of Citus; only there when the extension is.
const IS_DISTRIBUTED = `SELECT count(*) AS found FROM pg_dist_partition WHERE logicalrelid = CAST($1 AS regclass)`
const DISTRIBUTE = `SELECT create_distributed_table(CAST($1 AS regclass), 'bucket')`
const COPY_TO_ALL = `SELECT create_reference_table(CAST($1 AS regclass))`

/**
 * Divides the tables over the nodes of Citus, where the engine has it: those led by tenant and bucket by their
 * bucket, the small whole ones as a copy on every node. Rows that are there move along. Elsewhere it does nothing.
 *
 * Each table is a transaction of its own. Servers that start at the same time may try the same table; the one
 * that comes second finds it done.
 *
 * Observed 2026-11 against recorded calls only: no Citus could be installed where this was written.
 */
export async function distributeTables(database: Database): Promise<void> {
  if (!(await isFound(database, HAS_CITUS, []))) return
  for (const table of tablesOfSchema()) {
    if (!(await isDistributed(database, table))) await distribute(database, table)
  }
}

async function distribute(database: Database, table: Table): Promise<void> {
  const statement = table.isWhole ? COPY_TO_ALL : DISTRIBUTE
  try {
    await database.transaction((transaction) => transaction.run(statement, [table.name]), {
      repeatable: true,
    })
  } catch (error) {
    if (!(await isDistributed(database, table))) throw error
  }
}

function isDistributed(database: Database, { name }: Table): Promise<boolean> {
  return isFound(database, IS_DISTRIBUTED, [name])
}

async function isFound(database: Database, sql: string, params: readonly string[]): Promise<boolean> {
  const [row] = await database.read(sql, params)
  return row !== undefined && numberOf(row, 'found') > 0
}
