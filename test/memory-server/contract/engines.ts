import { join } from 'node:path'
import { openOperationsInThread } from '../../../memory-server/src/operations/in-thread.ts'
import type { OperationSettings } from '../../../memory-server/src/operations/operations.ts'
import type { MemoryServerOptions } from '../../../memory-server/src/server.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { createGroupCommit } from '../../../memory-server/src/store/group-commit.ts'
import { MIGRATIONS } from '../../../memory-server/src/store/sql/migrations.ts'
import { openClusterStore } from '../../../memory-server/src/store/clusters/open-clusters.ts'
import { openPostgresStore } from '../../../memory-server/src/store/postgres.ts'
import { loadSqlite } from '../../../memory-server/src/store/sqlite-engine.ts'
import { createStatementRunner } from '../../../memory-server/src/store/sqlite-statements.ts'
import { openSqliteStore } from '../../../memory-server/src/store/sqlite.ts'
import { runSql } from '../../support/postgres.ts'
import { movableClock, startTestServer, temporaryFolder } from '../support.ts'
import type { OpenTestOperations, OpenTestStore, TestServer } from '../support.ts'

/** A database that is empty when a test begins. */
export interface Space {
  readonly open: OpenTestStore
  /** Where the operations run; on the store unless given. */
  readonly openOperations?: OpenTestOperations
  /** Empties the tables, where a store cannot be told to. */
  readonly empty?: () => Promise<void>
  readonly remove: () => Promise<void>
}

/** A kind of database that the store runs on. */
export interface Engine {
  readonly title: string
  /** How many servers may use one database. */
  readonly servers: number
  readonly createSpace: () => Promise<Space>
}

/** Servers with one clock on one database. */
export interface Servers {
  readonly first: TestServer
  /** The servers in turn. */
  readonly pick: (index: number) => TestServer
  /** Empties the database, so that the next test begins anew without the price of new servers. */
  readonly empty: () => Promise<void>
  /** Closes all of them and removes the database. */
  readonly close: () => Promise<void>
}

export const sqliteEngine: Engine = {
  title: 'embedded SQLite',
  servers: 1,
  createSpace: async () => {
    const folder = temporaryFolder()
    const path = join(folder.path, 'memory.db')
    return {
      open: ({ clock }) => openSqliteStore({ path, clock }),
      remove: async () => folder.remove(),
    }
  },
}

/** The embedded database as a running server has it. The store of a test is a second connection to its file. */
export const threadEngine: Engine = {
  title: 'embedded SQLite in its thread',
  servers: 1,
  createSpace: async () => {
    const folder = temporaryFolder()
    const path = join(folder.path, 'memory.db')
    return {
      open: async () => {
        const connection = (await loadSqlite())(path)
        connection.exec('PRAGMA busy_timeout = 5000')
        const { transaction, drain } = createGroupCommit(connection, createStatementRunner(connection))
        const read: Store['read'] = (sql, params) => transaction((shared) => shared.read(sql, params))
        return { transaction, read, close: () => drain().then(() => connection.close()) }
      },
      openOperations: (_store, settings, clock) => openOperationsInThread({ ...settings, path }, clock),
      remove: async () => folder.remove(),
    }
  },
}

let lastSpace = 0

/** PostgreSQL at an address. Each space is a schema of its own; `settings` are those of its connections. */
export function postgresEngine(
  title: string,
  addressOf: () => string,
  settings: readonly string[] = [],
): Engine {
  return {
    title,
    servers: 2,
    createSpace: async () => {
      lastSpace += 1
      const schema = `contract_${process.pid}_${lastSpace}`
      await runSql(addressOf(), `CREATE SCHEMA ${schema}`)
      const url = addressWith(addressOf(), [`search_path=${schema}`, ...settings])
      return {
        open: ({ clock }) => openPostgresStore({ url, clock }),
        remove: async () => void (await runSql(addressOf(), `DROP SCHEMA ${schema} CASCADE`)),
      }
    },
  }
}

let lastClusters = 0

/** Two databases of one PostgreSQL server as two clusters, the buckets divided between them by turns. */
export function clustersEngine(addressOf: () => string): Engine {
  return {
    title: 'two clusters of PostgreSQL',
    servers: 2,
    createSpace: async () => {
      const { urls, remove } = await createClusters(addressOf(), 2)
      const open: OpenTestStore = ({ clock }) => openClusterStore({ urls, clock })
      await divideBuckets(urls)
      const empty = async (): Promise<void> => {
        await Promise.all(
          urls.map((url) => runSql(url, TABLES.map((table) => `DELETE FROM ${table}`).join(';'))),
        )
      }
      return { open, empty, remove }
    },
  }
}

/** Makes empty databases on the server at an address. */
export async function createClusters(
  address: string,
  count: number,
): Promise<{ readonly urls: readonly string[]; readonly remove: () => Promise<void> }> {
  lastClusters += 1
  const names = Array.from({ length: count }, (_, at) => `cluster_${process.pid}_${lastClusters}_${at}`)
  for (const name of names) await runSql(address, `CREATE DATABASE ${name}`)
  return {
    urls: names.map((name) => address.replace(/[^/]*$/, name)),
    remove: async () => {
      for (const name of names) await runSql(address, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

/** Makes empty databases one store, and gives every cluster its turn of the buckets: 0 to the first, 1 to the next. */
export async function divideBuckets(urls: readonly string[]): Promise<void> {
  await (await openClusterStore({ urls, clock: movableClock().now })).close()
  for (const [at, url] of urls.entries()) {
    const states = Array.from({ length: 256 }, (_, bucket) => (bucket % urls.length === at ? 'h' : '-')).join(
      '',
    )
    await runSql(url, `UPDATE cluster_state SET value = '${states}' WHERE name = 'buckets'`)
  }
}

/** The address with settings for its connections. */
export function addressWith(address: string, settings: readonly string[]): string {
  const options = encodeURIComponent(settings.map((setting) => `-c ${setting}`).join(' '))
  return `${address}${address.includes('?') ? '&' : '?'}options=${options}`
}

/** As many servers as the engine allows, started at the same time on one empty database. */
export async function startServers(
  engine: Engine,
  options: Partial<MemoryServerOptions & OperationSettings> = {},
): Promise<Servers> {
  const space = await engine.createSpace()
  const clock = movableClock()
  const starting = Array.from({ length: engine.servers }, () =>
    startTestServer(clock, { eventRetentionDays: 7, ...options }, space.open, space.openOperations),
  )
  const started = (await Promise.allSettled(starting)).flatMap((each) =>
    each.status === 'fulfilled' ? [each.value] : [],
  )
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()))
    await space.remove()
  }
  const [first] = started
  if (first === undefined || started.length < engine.servers) {
    await close()
    throw new Error('not every server could be started')
  }
  const empty = space.empty ?? (() => emptyDatabase(first))
  return { first, pick: (index) => started[index % started.length] ?? first, empty, close }
}

const TABLES = MIGRATIONS.flatMap(({ statements }) => statements).flatMap((statement) => {
  const table = /CREATE TABLE IF NOT EXISTS (\w+)/.exec(statement)?.[1]
  return table === undefined || table === 'installation' || table === 'cluster_state' ? [] : [table]
})

async function emptyDatabase({ store }: TestServer): Promise<void> {
  await store.transaction(async (transaction) => {
    for (const table of TABLES) await transaction.run(`DELETE FROM ${table}`, [])
  })
}

/** How many rows a table has. */
export async function countRows({ store }: TestServer, table: string): Promise<number> {
  return (await store.read(`SELECT bucket FROM ${table}`, [])).length
}
