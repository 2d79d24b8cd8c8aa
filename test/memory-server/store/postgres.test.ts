import { CallerMemoryError } from '../../../src/errors.ts'
import { numberOf, textOf } from '../../../memory-server/src/store/database.ts'
import type { Store } from '../../../memory-server/src/store/database.ts'
import { openPostgresStore } from '../../../memory-server/src/store/postgres.ts'
import type { PostgresStoreOptions } from '../../../memory-server/src/store/postgres.ts'
import { hostUrlsOf } from '../../../memory-server/src/store/postgres-url.ts'
import { MIGRATIONS } from '../../../memory-server/src/store/sql/migrations.ts'
import { postgresBinaries, runSql, startPostgres } from '../../support/postgres.ts'
import type { PostgresServer } from '../../support/postgres.ts'
import { addressWith } from '../contract/engines.ts'
import { movableClock } from '../support.ts'

test('an address with several hosts is one address for each', () => {
  expect(hostUrlsOf('postgres://u:p@a:1,b,c:3/db?x=1')).toEqual([
    'postgres://u:p@a:1/db?x=1',
    'postgres://u:p@b/db?x=1',
    'postgres://u:p@c:3/db?x=1',
  ])
  expect(hostUrlsOf('postgres:///db?host=/tmp')).toEqual(['postgres:///db?host=/tmp'])
  expect(hostUrlsOf('http://a,b/db')).toEqual([])
})

const binaries = postgresBinaries()
// Where there are no binaries, the contract suite says so.
const describeOnPostgres = binaries === undefined ? describe.skip : describe

describeOnPostgres('a store on PostgreSQL', () => {
  const clock = movableClock().now
  const insert = 'INSERT INTO installation (name, value) VALUES ($1, $2)'
  let postgres: PostgresServer
  let url: string
  let spaces = 0
  beforeAll(async () => {
    postgres = await startPostgres(binaries ?? '')
  }, 30_000)
  afterAll(() => postgres.stop())
  beforeEach(async () => {
    spaces += 1
    await runSql(postgres.url, `CREATE SCHEMA space_${spaces}`)
    url = addressWith(postgres.url, [`search_path=space_${spaces}`])
  })

  async function withStore<T>(
    use: (store: Store) => Promise<T>,
    more: Partial<PostgresStoreOptions> = {},
  ): Promise<T> {
    const store = await openPostgresStore({ url, clock, ...more })
    try {
      return await use(store)
    } finally {
      await store.close()
    }
  }
  const names = async (store: Store): Promise<string[]> =>
    (await store.read('SELECT name FROM installation ORDER BY name', [])).map((row) => textOf(row, 'name'))
  const ownPid = 'SELECT pg_backend_pid() AS pid'
  const terminate = (pid: unknown): Promise<unknown> =>
    runSql(postgres.url, `SELECT pg_terminate_backend(${Number(pid)})`)

  test('is made once by four servers that start at the same time', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => openPostgresStore({ url, clock })))
    const rows = await (stores[0] as Store).read('SELECT version FROM schema_migrations ORDER BY version', [])
    await Promise.all(stores.map((store) => store.close()))
    expect(rows.map((row) => numberOf(row, 'version'))).toEqual(MIGRATIONS.map(({ version }) => version))
  })

  test('undoes a work that throws and hands on what it threw', async () => {
    await withStore(async (store) => {
      const failing = store.transaction(async (transaction) => {
        await transaction.run(insert, ['a', '1'])
        throw new CallerMemoryError('CM_CALL_CONFLICT', 'changed its mind')
      })
      await expect(failing).rejects.toMatchObject({ code: 'CM_CALL_CONFLICT' })
      expect(await names(store)).toEqual([])
    })
  })

  test('fails as a whole when a statement failed, even if the work goes on, and tells the SQLSTATE alone', async () => {
    await withStore(async (store) => {
      const stubborn = store.transaction(async (transaction) => {
        await transaction.run(insert, ['secret-name', '1'])
        await transaction.run(insert, ['other', null]).catch(() => undefined)
        return 'done'
      })
      await expect(stubborn).rejects.toMatchObject({
        code: 'CM_STORE_UNAVAILABLE',
        message: 'the database failed with SQLSTATE 23502',
      })
      expect(await names(store)).toEqual([])
    })
  })

  test('sends nothing after the end of a transaction, however the work left its statements behind', async () => {
    await withStore(async (store) => {
      let left: Promise<unknown> = Promise.resolve()
      const careless = store.transaction(async (transaction) => {
        left = Promise.allSettled([transaction.run(insert, ['a', '1']), transaction.run(insert, ['b', '2'])])
        throw new Error('gone')
      })
      await expect(careless).rejects.toThrow('gone')
      await left
      expect(await names(store)).toEqual([])
    })
  })

  test('does the work again after a conflict, at most sixteen times', async () => {
    await withStore(async (store) => {
      let runs = 0
      const clash = (succeedsAt: number): Promise<number> =>
        store.transaction(async (transaction) => {
          runs += 1
          if (runs < succeedsAt) await transaction.run("DO $do$ BEGIN RAISE SQLSTATE '40001'; END $do$", [])
          return runs
        })
      expect(await clash(4)).toBe(4)
      runs = 0
      await expect(clash(99)).rejects.toThrow('SQLSTATE 40001')
      expect(runs).toBe(17)
    })
  })

  test('does the work again when its connection is lost before the commit', async () => {
    await withStore(async (store) => {
      let runs = 0
      await store.transaction(async (transaction) => {
        runs += 1
        const [row] = await transaction.read(ownPid, [])
        if (runs === 1) await terminate(row?.['pid'])
        await transaction.run(insert, [`run ${runs}`, 'x'])
      })
      expect(await names(store)).toEqual(['run 2'])
    })
  })

  test('outlives connections that break while nobody uses them', async () => {
    await withStore(async (store) => {
      const rows = await Promise.all(Array.from({ length: 6 }, () => store.read(ownPid, [])))
      await Promise.all(rows.map(([row]) => terminate(row?.['pid'])))
      await store.transaction((transaction) => transaction.run(insert, ['after', 'x']))
      expect(await names(store)).toEqual(['after'])
    })
  })

  test('loses nothing that it acknowledged when the server is killed, and goes on when it is back', async () => {
    await withStore(async (store) => {
      const outcomes: Promise<string>[] = []
      const write = async (index: number): Promise<string> => {
        const name = `n${String(index).padStart(3, '0')}`
        await store.transaction(
          async (transaction) => {
            const known = await transaction.read('SELECT name FROM installation WHERE name = $1', [name])
            if (known.length === 0) await transaction.run(insert, [name, 'x'])
          },
          { repeatable: true },
        )
        return name
      }
      for (let index = 0; index < 100; index += 1) outcomes.push(write(index))
      await Promise.race(outcomes)
      await postgres.kill()
      await expect(store.read(ownPid, [])).rejects.toMatchObject({
        code: 'CM_STORE_UNAVAILABLE',
        message: 'the database cannot be reached: ECONNREFUSED',
      })
      await postgres.restart()
      const settled = await Promise.allSettled(outcomes)
      const acknowledged = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      expect(acknowledged.length).toBeGreaterThan(0)
      expect(await names(store)).toEqual(expect.arrayContaining(acknowledged))
      await write(999)
      expect(await names(store)).toContain('n999')
    })
  }, 20_000)

  test('uses the one of several hosts that can write, and leaves it when it can no longer', async () => {
    const hosts = url.replace(/127\.0\.0\.1:(\d+)/, '127.0.0.1:1,127.0.0.1:$1,localhost:$1')
    await withStore(
      async (store) => {
        await store.transaction((transaction) => transaction.run(insert, ['found', 'x']))
        let runs = 0
        await store.transaction(async (transaction) => {
          runs += 1
          if (runs === 1) await transaction.run('SET TRANSACTION READ ONLY', [])
          await transaction.run(insert, [`run ${runs}`, 'x'])
        })
        expect(await names(store)).toEqual(['found', 'run 2'])
      },
      { url: hosts },
    )
  })

  test('ends a statement that takes too long', async () => {
    await withStore(
      async (store) => {
        await expect(store.read('SELECT pg_sleep(5)', [])).rejects.toThrow('SQLSTATE 57014')
      },
      { statementTimeoutMs: 100 },
    )
  })

  test('keeps plans under names on the server, unless that is switched off', async () => {
    const plans = 'SELECT name FROM pg_prepared_statements'
    await withStore(async (store) => expect((await store.read(plans, [])).length).toBeGreaterThan(0), {
      connections: 1,
      migrations: [],
    })
    const off = { connections: 1, migrations: [], preparedStatements: false }
    await withStore(async (store) => expect(await store.read(plans, [])).toEqual([]), off)
  })

  test('finishes what it has begun when it closes, and refuses what comes later', async () => {
    const store = await openPostgresStore({ url, clock })
    const begun = Array.from({ length: 30 }, (_, index) =>
      store.transaction((transaction) => transaction.run(insert, [`n${index}`, 'x'])),
    )
    const closing = store.close()
    await expect(store.read(ownPid, [])).rejects.toThrow('the database is closed')
    await Promise.all(begun)
    await closing
    expect(await withStore(names)).toHaveLength(30)
  })
})
