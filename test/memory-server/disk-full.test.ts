import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Store } from '../../memory-server/src/store/database.ts'
import { createGroupCommit } from '../../memory-server/src/store/group-commit.ts'
import { migrate } from '../../memory-server/src/store/migrate.ts'
import { MIGRATIONS } from '../../memory-server/src/store/sql/migrations.ts'
import { loadSqlite } from '../../memory-server/src/store/sqlite-engine.ts'
import type { SqliteConnection } from '../../memory-server/src/store/sqlite-engine.ts'
import { createStatementRunner } from '../../memory-server/src/store/sqlite-statements.ts'
import { SQLITE_SETTINGS } from '../../memory-server/src/store/sqlite.ts'
import { installedBinaries, runSql, startPostgres } from '../support/postgres.ts'
import { damageOf, startVictim, writeThroughFailure } from './crash.ts'
import type { Written } from './crash.ts'
import { API_KEY, startTestServer, temporaryFolder } from './support.ts'
import type { OpenTestStore } from './support.ts'

const LIST = 'SELECT customer_ref FROM customers'

const refsIn = (rows: readonly unknown[]): string[] =>
  rows.map((row) => (row as { customer_ref: string }).customer_ref)

const running = new Set<() => Promise<void>>()
afterEach(async () => {
  await Promise.all([...running].map((kill) => kill()))
  running.clear()
})

/** Everybody who was refused was told so, and the log says why. */
function expectRefused({ refusals }: Written, logLines: readonly string[], databaseCode: string): void {
  expect([...refusals]).toEqual([503])
  expect(logLines.join('\n')).toContain(
    `"status":503,"code":"CM_STORE_UNAVAILABLE","databaseCode":"${databaseCode}"`,
  )
}

/** The embedded store on a connection that the test can limit. */
function limitedStore(): { readonly open: OpenTestStore; readonly run: (sql: string) => unknown[] } {
  let connection: SqliteConnection | undefined
  return {
    run: (sql) => connection?.prepare(sql).all() ?? [],
    open: async ({ clock }) => {
      const folder = temporaryFolder()
      const opened = (await loadSqlite())(join(folder.path, 'memory.db'))
      connection = opened
      opened.exec(SQLITE_SETTINGS)
      const { transaction, drain } = createGroupCommit(opened, createStatementRunner(opened))
      let isOpen = true
      const close = async (): Promise<void> => {
        await drain()
        if (isOpen) opened.close()
        isOpen = false
        folder.remove()
      }
      const store: Store = {
        transaction,
        read: (sql, params) => transaction((shared) => shared.read(sql, params)),
        close,
      }
      await migrate(store, MIGRATIONS, clock)
      return store
    },
  }
}

test('on a full disk requests are 503, nothing is half there, and the server goes on when there is room', async () => {
  const { open, run } = limitedStore()
  const server = await startTestServer(undefined, {}, open)
  const target = { url: server.url, apiKey: API_KEY }
  const limit = async (pages: number): Promise<void> => void run(`PRAGMA max_page_count = ${pages}`)
  const written = await writeThroughFailure(
    target,
    () => limit(1),
    () => limit(1_000_000),
  )
  expectRefused(written, server.logLines, 'SQLITE_FULL')
  expect(await damageOf(target, written.calls, refsIn(run(LIST)))).toEqual([])
  expect(run('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  await server.close()
})

const isFullCheck = process.env['TEST_POSTGRES'] === 'yes'
const hasLimits = isFullCheck && spawnSync('prlimit', ['--version']).status === 0
const describeWithLimits = hasLimits ? describe : describe.skip
const reason = hasLimits ? '' : ' (skipped: needs TEST_POSTGRES=yes, as in the full check, and prlimit)'

describeWithLimits(`with files that may not grow${reason}`, () => {
  test('the server goes on by itself when they may', async () => {
    const folder = temporaryFolder()
    const path = join(folder.path, 'memory.db')
    const victim = await startVictim({ MEMORY_SERVER_DATABASE: path }, running)
    const allow = async (bytes: string): Promise<void> => {
      const { status } = spawnSync('prlimit', [`--pid=${victim.pid}`, `--fsize=${bytes}:unlimited`])
      expect(status).toBe(0)
    }
    const written = await writeThroughFailure(
      victim,
      () => allow('4096'),
      () => allow('unlimited'),
    )
    expectRefused(written, victim.logLines, 'SQLITE_IOERR')
    const connection = (await loadSqlite())(path)
    const refs = refsIn(connection.prepare(LIST).all())
    expect(connection.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    connection.close()
    expect(await damageOf(victim, written.calls, refs)).toEqual([])
    await victim.kill()
    folder.remove()
  }, 60_000)
})

// What the engine says when a table cannot grow: 53100, in the middle of a transaction.
const FULL = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
  CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON usage FOR EACH ROW EXECUTE FUNCTION refuse()`

const binaries = isFullCheck ? installedBinaries() : undefined
const describeOnPostgres = binaries === undefined ? describe.skip : describe
const otherwise = binaries === undefined ? ' (skipped: TEST_POSTGRES=yes, as in the full check)' : ''

describeOnPostgres(`on PostgreSQL${otherwise}`, () => {
  test('a full disk is 503 until there is room', async () => {
    const postgres = await startPostgres(binaries ?? '', { durable: false })
    const victim = await startVictim({ DATABASE_URL: postgres.url }, running)
    const run = async (sql: string): Promise<void> => void (await runSql(postgres.url, sql))
    const written = await writeThroughFailure(
      victim,
      () => run(FULL),
      () => run('DROP TRIGGER full_disk ON usage'),
    )
    expectRefused(written, victim.logLines, '53100')
    expect(await damageOf(victim, written.calls, refsIn(await runSql(postgres.url, LIST)))).toEqual([])
    await victim.kill()
    await postgres.stop()
  }, 60_000)
})
