import { join } from 'node:path'
import { textOf } from '../../../memory-server/src/store/database.ts'
import type { Store, Work } from '../../../memory-server/src/store/database.ts'
import { openSqliteStore } from '../../../memory-server/src/store/sqlite.ts'
import { movableClock, temporaryFolder } from '../support.ts'

const clock = movableClock().now

let folder: ReturnType<typeof temporaryFolder>
let path: string
beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder.path, 'memory.db')
})
afterEach(() => folder.remove())

async function withStore(use: (store: Store) => Promise<void>): Promise<void> {
  const store = await openSqliteStore({ path, clock })
  try {
    await use(store)
  } finally {
    await store.close()
  }
}

const insert = 'INSERT INTO installation (name, value) VALUES ($1, $2)'
const names = async (store: Store): Promise<string[]> =>
  (await store.read('SELECT name FROM installation ORDER BY name', [])).map((row) => textOf(row, 'name'))

describe('a transaction', () => {
  test('takes a placeholder more than once, in any order', async () => {
    await withStore(async (store) => {
      const rows = await store.read('SELECT $2 AS b, $1 AS a, $2 AS again, $10 AS ten', [
        1,
        'x',
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
      ])
      expect(rows).toEqual([{ b: 'x', a: 1, again: 'x', ten: 10 }])
    })
  })

  test('that fails undoes its own work and spoils none of the 200 committed with it', async () => {
    await withStore(async (store) => {
      const works = Array.from({ length: 200 }, (_, index) =>
        store.transaction(async (transaction) => {
          await transaction.run(insert, [`n${String(index).padStart(3, '0')}`, 'x'])
          if (index % 50 === 7) throw new Error('changed its mind')
          if (index % 50 === 8) await transaction.run(insert, ['n000', 'taken'])
        }),
      )
      const outcomes = await Promise.allSettled(works)
      const failed = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [index] : []))
      expect(failed).toEqual([7, 8, 57, 58, 107, 108, 157, 158])
      expect(outcomes[8]).toMatchObject({ reason: { code: 'CM_STORE_UNAVAILABLE' } })
      expect(await names(store)).toHaveLength(192)
    })
  })

  test('is done again only when another one of its batch fails and has left changes, and counts once then', async () => {
    await withStore(async (store) => {
      await store.transaction((transaction) => transaction.run(insert, ['count', '0']))
      const add = `UPDATE installation SET value = value + 1 WHERE name = 'count'`
      const countTogetherWith = async (other: Work<void>): Promise<[runs: number, counted: unknown]> => {
        let runs = 0
        const counting = store.transaction(async (transaction) => {
          runs += 1
          await transaction.run(add, [])
        })
        await expect(store.transaction(other)).rejects.toThrow('changed its mind')
        await counting
        const [row] = await store.read(`SELECT value FROM installation WHERE name = 'count'`, [])
        return [runs, row?.['value']]
      }
      const refuse = (): never => {
        throw new Error('changed its mind')
      }
      const refused: Work<void> = async (transaction) => {
        await transaction.read('SELECT 1', [])
        refuse()
      }
      expect(await countTogetherWith(refused)).toEqual([1, '1'])
      const undone: Work<void> = async (transaction) => {
        await transaction.run(add, [])
        refuse()
      }
      expect(await countTogetherWith(undone)).toEqual([2, '2'])
      const undoneUnseen: Work<void> = async (transaction) => {
        await transaction.read(`${add} RETURNING value`, [])
        refuse()
      }
      expect(await countTogetherWith(undoneUnseen)).toEqual([2, '3'])
    })
  })

  test('is answered after the commit: a reader of the file sees what was acknowledged', async () => {
    await withStore(async (store) => {
      const { DatabaseSync } = await import('@photostructure/sqlite')
      const reader = new DatabaseSync(path, { readOnly: true })
      const count = reader.prepare('SELECT count(*) AS n FROM installation WHERE name = ?')
      const works = Array.from({ length: 50 }, async (_, index) => {
        const seen: unknown[] = []
        await store.transaction(async (transaction) => {
          await transaction.run(insert, [`n${index}`, 'x'])
          seen.push(count.get(`n${index}`))
        })
        return [...seen, count.get(`n${index}`)]
      })
      for (const seen of await Promise.all(works)) expect(seen).toEqual([{ n: 0 }, { n: 1 }])
      reader.close()
    })
  })

  test('fails together with its batch when the commit cannot be, and the next one works', async () => {
    await withStore(async (store) => {
      // SQLite gives up the whole transaction here, as it does when the disk is full.
      const giveUp = `INSERT OR ROLLBACK INTO installation (name, value) VALUES ('twice', ''), ('twice', '')`
      const before = store.transaction((transaction) => transaction.run(insert, ['before', 'x']))
      const broken = store.transaction((transaction) => transaction.run(giveUp, []))
      const beside = store.transaction((transaction) => transaction.run(insert, ['beside', 'x']))
      await expect(before).rejects.toMatchObject({ code: 'CM_STORE_UNAVAILABLE' })
      await expect(broken).rejects.toMatchObject({ code: 'CM_STORE_UNAVAILABLE' })
      await expect(beside).rejects.toMatchObject({ code: 'CM_STORE_UNAVAILABLE' })
      await store.transaction((transaction) => transaction.run(insert, ['after', 'x']))
      expect(await names(store)).toEqual(['after'])
    })
  })

  test('that is queued when the store closes is finished; one that comes later is refused', async () => {
    const store = await openSqliteStore({ path, clock })
    const queued = store.transaction((transaction) => transaction.run(insert, ['queued', 'x']))
    const closing = store.close()
    const late = store.transaction((transaction) => transaction.run(insert, ['late', 'x']))
    await expect(late).rejects.toMatchObject({ code: 'CM_STORE_UNAVAILABLE' })
    await queued
    await closing
    await store.close()
    await withStore(async (again) => expect(await names(again)).toEqual(['queued']))
  })
})
