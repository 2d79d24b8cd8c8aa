import type { PoolClient } from 'pg'
import { CallerMemoryError } from '../../../../src/errors.ts'
import { codeOf } from '../postgres-faults.ts'
import { ALL_HELD } from './bucket-states.ts'

const NO_SUCH_TABLE = '42P01'

/**
 * Refuses a connection to a database that has given buckets to other clusters, for a server that knows of this one
 * only: it would not find the callers there and take them for new. Asked once per connection, so it costs a
 * request nothing; whoever moves a bucket ends the connections that were made before.
 *
 * @throws CM_STORE_UNAVAILABLE
 */
export async function refuseOneOfSeveral(client: PoolClient): Promise<void> {
  const said = await client
    .query<{ value: string }>("SELECT value FROM cluster_state WHERE name = 'buckets'")
    .catch((error: unknown) => {
      // Before its first migration a database has no such table.
      if (codeOf(error) === NO_SUCH_TABLE) return { rows: [] }
      throw error
    })
  const [row] = said.rows
  if (row === undefined || row.value === ALL_HELD) return
  throw new CallerMemoryError(
    'CM_STORE_UNAVAILABLE',
    'the database is one of several clusters: list all of them in DATABASE_URL',
  )
}
