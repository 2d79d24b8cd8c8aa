import type { Clock } from '../../../../src/clock.ts'
import { CallerMemoryError } from '../../../../src/errors.ts'
import type { Store } from '../database.ts'
import { createPostgresHosts } from '../postgres-hosts.ts'
import type { PostgresHostOptions, PostgresHosts } from '../postgres-hosts.ts'
import { CONNECT_TIMEOUT_MS, CONNECTIONS, openPostgresStore, STATEMENT_TIMEOUT_MS } from '../postgres.ts'
import { createStatementNames } from '../postgres-statements.ts'
import { holderOf } from './bucket-states.ts'
import { createClusterWork } from './cluster-work.ts'
import type { Clusters } from './parts.ts'
import { findStuck, joinClusters, readStates } from './states-on.ts'

/** How to open several clusters as one database. */
export interface ClusterStoreOptions {
  /** One address for each cluster, each with one or several hosts. */
  readonly urls: readonly string[]
  readonly clock: Clock
  /** Whether statements are named. Default true. */
  readonly preparedStatements?: boolean
  /** How the hosts of a cluster are reached; a test may stand in between. */
  readonly openHosts?: (options: PostgresHostOptions) => PostgresHosts
}

/** Name of the connections of a server that asks each cluster what it holds, in every transaction. */
export const ONE_OF_SEVERAL = 'caller-memory clusters'

const STUCK_AFTER_MS = 5000
const LOOK_INTERVAL_MS = 5000

/** Opens the connections to the clusters. Nothing is sent before one is used. */
export function openClusterHosts(options: ClusterStoreOptions): readonly PostgresHosts[] {
  const { urls, preparedStatements = true, openHosts = createPostgresHosts } = options
  return urls.map((url) =>
    openHosts({
      url,
      // A transaction uses one connection of a cluster at a time, or two where it finishes an earlier one.
      connections: CONNECTIONS * 2,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      startupLimits: preparedStatements,
      applicationName: ONE_OF_SEVERAL,
    }),
  )
}

/** Brings the schema of every cluster up to date. */
export async function migrateClusters(options: ClusterStoreOptions): Promise<void> {
  const { urls, clock, preparedStatements = true } = options
  for (const url of urls) {
    const store = await openPostgresStore({ url, clock, preparedStatements, isOneOfSeveral: true })
    await store.close()
  }
}

/**
 * Opens several PostgreSQL clusters as one database, whose buckets are divided among them.
 *
 * @throws CM_STORE_UNAVAILABLE when one of them cannot be used.
 * @throws CM_CONFIG_INVALID when they do not hold every bucket exactly once between them.
 */
export async function openClusterStore(options: ClusterStoreOptions): Promise<Store> {
  await migrateClusters(options)
  const hosts = openClusterHosts(options)
  try {
    return await storeOn(hosts, options)
  } catch (error) {
    await Promise.all(hosts.map((each) => each.close()))
    throw error
  }
}

async function storeOn(hosts: readonly PostgresHosts[], options: ClusterStoreOptions): Promise<Store> {
  const { clock, preparedStatements = true } = options
  let states = await joinClusters(hosts)
  const clusters: Clusters = {
    hosts,
    home: states.home,
    clusterOf: (bucket) => holderOf(states.all, bucket),
    nameOf: createStatementNames(preparedStatements),
  }
  const work = createClusterWork(clusters, clock, async () => {
    states = await readStates(hosts)
  })
  const finishStuck = async (): Promise<void> => {
    const stuck = await findStuck(hosts, clock().getTime() - STUCK_AFTER_MS)
    // What needs a cluster that is away waits for it; the rest does not.
    for (const key of stuck) await work.finish(key).catch(() => undefined)
  }
  await finishStuck()
  const timer = setInterval(() => work.behind(finishStuck()), LOOK_INTERVAL_MS).unref()
  let closing: Promise<void> | undefined
  const refuseClosed = (): void => {
    if (closing) throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the database is closed')
  }
  const transaction: Store['transaction'] = async (job, more = {}) => {
    refuseClosed()
    return work.perform(job, more)
  }
  const shut = async (): Promise<void> => {
    clearInterval(timer)
    await work.drain()
    await Promise.all(hosts.map((each) => each.close()))
  }
  return {
    transaction,
    read: (sql, params) => transaction((shared) => shared.read(sql, params), { repeatable: true }),
    close: () => (closing ??= shut()),
  }
}
