import type { Clock } from '../../../src/clock.ts'
import type { Store } from './database.ts'
import { openClusterStore } from './clusters/open-clusters.ts'
import { clusterUrlsOf } from './postgres-url.ts'
import { openPostgresStore } from './postgres.ts'
import { openSqliteStore } from './sqlite.ts'

/** Which database a server uses. */
export interface StoreSettings {
  /** Addresses of PostgreSQL clusters, separated by spaces; when there is one, the file is not used. */
  readonly databaseUrl: string | undefined
  /** Path of the database file. */
  readonly database: string
  /** Whether statements on PostgreSQL are named. */
  readonly preparedStatements: boolean
}

/**
 * Opens the database that the settings name.
 *
 * @throws CM_STORE_UNAVAILABLE when it cannot be used.
 * @throws CM_CONFIG_INVALID when several clusters are named that do not belong together.
 */
export function openStore(settings: StoreSettings, clock: Clock): Promise<Store> {
  const { databaseUrl, database, preparedStatements } = settings
  if (databaseUrl === undefined) return openSqliteStore({ path: database, clock })
  const urls = clusterUrlsOf(databaseUrl)
  if (urls.length > 1) return openClusterStore({ urls, clock, preparedStatements })
  return openPostgresStore({ url: databaseUrl, clock, preparedStatements })
}
