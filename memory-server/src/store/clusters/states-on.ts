import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import { CallerMemoryError } from '../../../../src/errors.ts'
import { postgresFailureOf, postgresFault } from '../postgres-faults.ts'
import type { PostgresHosts } from '../postgres-hosts.ts'
import { ONE_CLUSTER_SQL } from '../sql/clusters.ts'
import { tablesOfSchema } from '../tables.ts'
import { ALL_HELD, bucketStates, NONE_HELD, problemOf } from './bucket-states.ts'
import type { BucketStates } from './bucket-states.ts'
import { pendingKeyOf } from './part.ts'
import type { PendingKey } from './part.ts'

/** What the clusters say of themselves. */
export interface ClusterStates {
  /** By the position of the cluster. */
  readonly all: readonly BucketStates[]
  /** The cluster with the small whole tables. */
  readonly home: number
}

/** Uses a connection of a cluster for a while. Failures of the driver come out as coded faults. */
export async function withClient<T>(
  hosts: PostgresHosts,
  use: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const lease = await hosts.acquire().catch((error: unknown) => {
    throw postgresFault(error)
  })
  try {
    const value = await use(lease.client)
    lease.release()
    return value
  } catch (error) {
    if (postgresFailureOf(error) === 'lost') lease.discard()
    else lease.release()
    throw postgresFault(error)
  }
}

/** Does something in a transaction of one cluster. `begin` is the message that begins it. */
export function inTransaction<T>(
  hosts: PostgresHosts,
  begin: string,
  use: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return withClient(hosts, async (client) => {
    try {
      await client.query(begin)
      const value = await use(client)
      await client.query('COMMIT')
      return value
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw error
    }
  })
}

/** Reads what the clusters say, one after the other. */
export async function readStates(hosts: readonly PostgresHosts[]): Promise<ClusterStates> {
  const said = await Promise.all(hosts.map(readState))
  const home = said.findIndex((state) => state.has('home'))
  return {
    all: said.map((state) => bucketStates(state.get('buckets') ?? NONE_HELD)),
    home: Math.max(0, home),
  }
}

/** Finds work that was decided before a time, in epoch milliseconds. A cluster that cannot be reached is left out. */
export async function findStuck(hosts: readonly PostgresHosts[], before: number): Promise<PendingKey[]> {
  const found = await Promise.allSettled(
    hosts.map((each) =>
      withClient(each, (client) =>
        client.query<{ tenant: string; value: string }>(ONE_CLUSTER_SQL.findStuck, [before]),
      ),
    ),
  )
  return found.flatMap((each) =>
    each.status === 'fulfilled'
      ? each.value.rows.map(({ tenant, value }) => pendingKeyOf(tenant, value))
      : [],
  )
}

const TRIES = 20
const PAUSE_MS = 100

/**
 * Makes sure that the clusters belong together and hold every bucket between them. Of clusters that are used as
 * such for the first time, the first holds everything, and the others must be empty.
 *
 * @throws CM_CONFIG_INVALID when the list is not right; nothing has been changed then.
 */
export async function joinClusters(hosts: readonly PostgresHosts[]): Promise<ClusterStates> {
  await refuseTwice(hosts)
  const said = await Promise.all(hosts.map(readState))
  const first = said.some((state) => state.has('buckets')) ? undefined : 0
  for (const [at, state] of said.entries()) {
    if (state.has('buckets') || at === first) continue
    const found = hosts[at] && (await withClient(hosts[at], findRows))
    if (found)
      throw invalid(`address ${at + 1} leads to a database that is in use already (rows in ${found})`)
  }
  for (const [at, each] of hosts.entries()) {
    await withClient(each, async (client) => {
      if (at === first) await client.query(ONE_CLUSTER_SQL.insertState, ['home', 'yes'])
      await client.query(ONE_CLUSTER_SQL.insertState, ['buckets', at === first ? ALL_HELD : NONE_HELD])
    })
  }
  return settledStates(hosts)
}

/** A bucket that moves while it is looked at may seem to be in no place, or in two; so it is looked at again. */
async function settledStates(hosts: readonly PostgresHosts[]): Promise<ClusterStates> {
  for (let tried = 1; ; tried += 1) {
    const states = await readStates(hosts)
    const problem = problemOf(states.all)
    if (problem === undefined) return states
    if (tried === TRIES) throw invalid(`${problem} that are listed: list all of them, each once`)
    await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS))
  }
}

async function refuseTwice(hosts: readonly PostgresHosts[]): Promise<void> {
  const ids: string[] = []
  for (const each of hosts) {
    await withClient(each, (client) => client.query(ONE_CLUSTER_SQL.insertState, ['id', randomUUID()]))
    const id = (await readState(each)).get('id') ?? ''
    const other = ids.indexOf(id)
    if (other !== -1) throw invalid(`addresses ${other + 1} and ${ids.length + 1} lead to the same database`)
    ids.push(id)
  }
}

async function readState(hosts: PostgresHosts): Promise<ReadonlyMap<string, string>> {
  const { rows } = await withClient(hosts, (client) =>
    client.query<{ name: string; value: string }>(ONE_CLUSTER_SQL.findState),
  )
  return new Map(rows.map(({ name, value }) => [name, value]))
}

async function findRows(client: PoolClient): Promise<string | undefined> {
  for (const { name } of tablesOfSchema()) {
    if (name === 'schema_migrations' || name === 'cluster_state') continue
    if ((await client.query(`SELECT 1 FROM ${name} LIMIT 1`)).rows.length > 0) return name
  }
  return undefined
}

function invalid(reason: string): CallerMemoryError {
  return new CallerMemoryError('CM_CONFIG_INVALID', `DATABASE_URL: ${reason}`)
}
