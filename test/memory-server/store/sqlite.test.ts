import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createOperations } from '../../../memory-server/src/operations/operations.ts'
import { numberOf, textOf } from '../../../memory-server/src/store/database.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { openSqliteStore } from '../../../memory-server/src/store/sqlite.ts'
import { MIGRATIONS } from '../../../memory-server/src/store/sql/migrations.ts'
import type { Migration } from '../../../memory-server/src/store/sql/migrations.ts'
import { tablesOfSchema } from '../../../memory-server/src/store/tables.ts'
import {
  ENCRYPTION_KEY,
  HASH_KEY,
  movableClock,
  newCallId,
  startTestServer,
  temporaryFolder,
} from '../support.ts'

const clock = movableClock().now

let folder: ReturnType<typeof temporaryFolder>
let path: string
beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder.path, 'memory.db')
})
afterEach(() => folder.remove())

async function withStore<T>(
  use: (store: Store) => Promise<T>,
  migrations?: readonly Migration[],
): Promise<T> {
  const store = await openSqliteStore({ path, clock, ...(migrations && { migrations }) })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const insert = 'INSERT INTO installation (name, value) VALUES ($1, $2)'
const names = async (store: Store): Promise<string[]> =>
  (await store.read('SELECT name FROM installation ORDER BY name', [])).map((row) => textOf(row, 'name'))

describe('the file', () => {
  test('and its folder are made, for the owner alone', async () => {
    path = join(folder.path, 'a', 'b', 'memory.db')
    await withStore(async (store) => {
      await store.transaction((transaction) => transaction.run(insert, ['a', '1']))
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
      const files = readdirSync(dirname(path))
      expect(files).toContain('memory.db-wal')
      for (const file of files) expect(statSync(join(dirname(path), file)).mode & 0o777).toBe(0o600)
    })
  })

  test('is written ahead, with every commit forced to the disk', async () => {
    await withStore(async (store) => {
      expect(await store.read('PRAGMA journal_mode', [])).toEqual([{ journal_mode: 'wal' }])
      expect(await store.read('PRAGMA synchronous', [])).toEqual([{ synchronous: 2 }])
      expect(await store.read('PRAGMA busy_timeout', [])).toEqual([{ timeout: 5000 }])
    })
  })

  test('that is no database is refused with a code, not with what it holds', async () => {
    writeFileSync(path, 'These are the minutes of a meeting. '.repeat(200))
    await expect(openSqliteStore({ path, clock })).rejects.toMatchObject({
      code: 'CM_STORE_UNAVAILABLE',
      message: 'the database failed with SQLite code 26',
    })
  })

  test('in a place that cannot be is refused with the reason', async () => {
    writeFileSync(path, '')
    await expect(openSqliteStore({ path: join(path, 'memory.db'), clock })).rejects.toMatchObject({
      code: 'CM_STORE_UNAVAILABLE',
      message: expect.stringMatching(/ENOTDIR|EEXIST/) as string,
    })
  })

  test('holds no readable phone number, external id or call id', async () => {
    const server = await startTestServer()
    const call_id = `call_for_+12025550187`
    const identity_hints = {
      ani: '+12025550187',
      dnis: '+12025550188',
      external_ids: { crm_id: 'ada-example' },
    }
    await server.start({ call_id, identity_hints })
    await server.end({ call_id, identity_hints, intent: 'refund_marker' })
    const written = readdirSync(dirname(server.databasePath))
      .map((file) => readFileSync(join(dirname(server.databasePath), file), 'latin1'))
      .join('')
    await server.close()
    expect(written).toContain('refund_marker')
    expect(written).not.toMatch(/202555|2025550187|ada-example|call_for/)
  })
})

describe('the lock', () => {
  test('refuses a second server on the same file, in this process or another, until the first one closes', async () => {
    const refusal = /another memory server uses this database/
    const child = `require('tsx/cjs'); require('./memory-server/src/store/sqlite.ts')
      .openSqliteStore({ path: process.argv[1], clock: () => new Date() })
      .then((store) => store.close(), (error) => { console.log(error.message); process.exitCode = 9 })`
    const openElsewhere = (): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, ['-e', child, path], { encoding: 'utf8' })
    await withStore(async () => {
      await expect(openSqliteStore({ path, clock })).rejects.toThrow(refusal)
      const second = openElsewhere()
      expect([second.status, second.stdout]).toEqual([9, expect.stringMatching(refusal)])
    })
    expect(openElsewhere().status).toBe(0)
    await withStore(async (store) => expect(await names(store)).toEqual([]))
  })
})

describe('the schema', () => {
  const next: Migration = {
    version: 999,
    name: 'notes',
    statements: ['CREATE TABLE IF NOT EXISTS notes (tenant text NOT NULL, PRIMARY KEY (tenant))'],
    columns: [{ table: 'customers', column: 'nickname', type: 'text' }],
  }

  test('is made once, and a later step is added without touching what is there', async () => {
    await withStore((store) => store.transaction((transaction) => transaction.run(insert, ['kept', 'x'])))
    await withStore(
      async (store) => {
        expect(await names(store)).toEqual(['kept'])
        expect(await store.read('SELECT * FROM notes', [])).toEqual([])
        const rows = await store.read('SELECT version FROM schema_migrations ORDER BY version', [])
        expect(rows.map((row) => numberOf(row, 'version'))).toEqual([
          ...MIGRATIONS.map(({ version }) => version),
          next.version,
        ])
      },
      [...MIGRATIONS, next],
    )
  })

  test('keeps tables of short rows in the tree of their key, and appends the long ones', async () => {
    await withStore(async (store) => {
      const isInKey = async (table: string): Promise<boolean> => {
        const [row] = await store.read('SELECT sql FROM sqlite_master WHERE name = $1', [table])
        return row !== undefined && textOf(row, 'sql').endsWith('WITHOUT ROWID')
      }
      for (const table of ['customers', 'identifier_links', 'variables', 'usage', 'events']) {
        expect([table, await isInKey(table)]).toEqual([table, true])
      }
      for (const table of ['calls', 'call_notes'])
        expect([table, await isInKey(table)]).toEqual([table, false])
    })
  })

  test('is not opened when a step was edited after it ran, and the file can be opened again as it was', async () => {
    await withStore(async () => undefined)
    const edited = MIGRATIONS.map((migration) => ({
      ...migration,
      statements: [...migration.statements, 'SELECT 1'],
    }))
    await expect(withStore(async () => undefined, edited)).rejects.toMatchObject({
      code: 'CM_STORE_UNAVAILABLE',
      message: expect.stringContaining('schema version 1 was made from other statements') as string,
    })
    await withStore(async () => undefined)
  })

  test('is not opened by a server that is older than the file', async () => {
    await withStore(async () => undefined, [...MIGRATIONS, next])
    await expect(withStore(async () => undefined)).rejects.toThrow(
      `it has schema version ${next.version}, which this server`,
    )
  })

  test('finishes a step that was cut short', async () => {
    const cut = { ...next, statements: [...next.statements, 'CREATE TABLE broken ('] }
    await expect(withStore(async () => undefined, [...MIGRATIONS, cut])).rejects.toMatchObject({
      code: 'CM_STORE_UNAVAILABLE',
    })
    const half = { ...next, columns: [...(next.columns ?? []), { table: 'none', column: 'a', type: 'text' }] }
    await expect(withStore(async () => undefined, [...MIGRATIONS, half as Migration])).rejects.toMatchObject({
      code: 'CM_STORE_UNAVAILABLE',
    })
    await withStore(
      async (store) => {
        expect(await store.read('SELECT * FROM notes', [])).toEqual([])
        expect(await store.read('SELECT nickname FROM customers', [])).toEqual([])
      },
      [...MIGRATIONS, next],
    )
  })

  test('leads every key with tenant and bucket and needs nothing that a PostgreSQL-like engine lacks', () => {
    const tables = MIGRATIONS.flatMap(({ statements }) => statements)
    const perCustomer = tablesOfSchema().filter(({ isWhole }) => !isWhole)
    expect(perCustomer.length).toBeGreaterThan(11)
    for (const { key } of perCustomer) expect(key.slice(0, 2)).toEqual(['tenant', 'bucket'])
    for (const sql of tables)
      expect(sql).not.toMatch(/REFERENCES|AUTOINCREMENT|SERIAL|TRIGGER|DEFAULT|INTEGER/i)
  })
})

test('operations with another hash key than the one the database was made with do not start', async () => {
  await withStore(async (store) => {
    await createOperations(store, { hashKey: HASH_KEY, variableTtlDays: 30 }, clock)
    await createOperations(store, { hashKey: HASH_KEY, variableTtlDays: 30 }, clock)
    const other = createOperations(store, { hashKey: '6f'.repeat(32), variableTtlDays: 30 }, clock)
    await expect(other).rejects.toMatchObject({
      code: 'CM_CONFIG_INVALID',
      message: expect.stringContaining('MEMORY_SERVER_HASH_KEY') as string,
    })
  })
})

test('a closed store leaves a complete file, with nothing in the log beside it', async () => {
  const server = await startTestServer()
  const log = `${server.databasePath}-wal`
  await server.start({ call_id: newCallId(), identity_hints: { ani: '+12025550189' } })
  expect(statSync(log).size).toBeGreaterThan(0)
  await server.store.close()
  expect(existsSync(log) ? statSync(log).size : 0).toBe(0)
  await server.close()
})

test('a database file holds no number and no external id, readable as they are with the key', async () => {
  const server = await startTestServer(movableClock(), { encryptionKeys: [ENCRYPTION_KEY] })
  const callId = 'call-quaxly-1'
  const hints = { ani: '+12025550142', external_ids: { crm_id: 'quaxly-77' } }
  await server.start({ call_id: callId, identity_hints: hints })
  await server.end({ call_id: callId, identity_hints: hints, intent: 'zebra' })
  const place = dirname(server.databasePath)
  const bytes = readdirSync(place).map((name) => readFileSync(join(place, name)))
  const holds = (text: string): boolean => bytes.some((file) => file.includes(text))
  expect(holds('zebra')).toBe(true)
  for (const text of ['2025550142', 'quaxly', Buffer.from('a7'.repeat(32), 'hex').toString('latin1')]) {
    expect(holds(text)).toBe(false)
  }
  await server.close()
})
