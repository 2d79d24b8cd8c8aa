import { join } from 'node:path'
import { openOperationsInThread } from '../../../memory-server/src/operations/in-thread.ts'
import type { OperationSettings } from '../../../memory-server/src/operations/operations.ts'
import type { MemoryServerOptions } from '../../../memory-server/src/server.ts'
import { numberOf } from '../../../memory-server/src/store/database.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { createGroupCommit } from '../../../memory-server/src/store/group-commit.ts'
import { MIGRATIONS } from '../../../memory-server/src/store/sql/migrations.ts'
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
    startTestServer(clock, options, space.open, space.openOperations),
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
  return { first, pick: (index) => started[index % started.length] ?? first, close }
}

const TABLES = MIGRATIONS.flatMap(({ statements }) => statements).flatMap((statement) => {
  const table = /CREATE TABLE IF NOT EXISTS (\w+)/.exec(statement)?.[1]
  return table === undefined || table === 'installation' ? [] : [table]
})

/** Empties the database of a server, so that the next test begins anew without the price of new servers. */
export async function emptyDatabase({ store }: TestServer): Promise<void> {
  await store.transaction(async (transaction) => {
    for (const table of TABLES) await transaction.run(`DELETE FROM ${table}`, [])
  })
}

/** How many rows a table has. */
export async function countRows({ store }: TestServer, table: string): Promise<number> {
  const [row] = await store.read(`SELECT count(*) AS n FROM ${table}`, [])
  return numberOf(row ?? {}, 'n')
}
