import { statSync } from 'node:fs'
import { join } from 'node:path'
import { CHECKPOINT_LIMITS } from '../../../memory-server/src/store/checkpoints.ts'
import type { CheckpointLimits } from '../../../memory-server/src/store/checkpoints.ts'
import { numberOf } from '../../../memory-server/src/store/database.ts'
import { openSqliteStore } from '../../../memory-server/src/store/sqlite.ts'
import { movableClock, temporaryFolder } from '../support.ts'

const MIB = 1024 * 1024
const ROWS = 400

/** Writes 8 MiB without a pause; the longest that the log became, and the rows that are there at the end. */
async function logUnderLoad(checkpoints: CheckpointLimits): Promise<{ longest: number; rows: number }> {
  const folder = temporaryFolder()
  const path = join(folder.path, 'memory.db')
  const store = await openSqliteStore({ path, clock: movableClock().now, checkpoints })
  const insert = 'INSERT INTO installation (name, value) VALUES ($1, $2)'
  let longest = 0
  for (let index = 0; index < ROWS; index += 1) {
    await store.transaction((transaction) => transaction.run(insert, [`n${index}`, 'x'.repeat(20 * 1024)]))
    longest = Math.max(longest, statSync(`${path}-wal`).size)
  }
  const [row] = await store.read('SELECT count(*) AS n FROM installation', [])
  await store.close()
  folder.remove()
  return { longest, rows: numberOf(row ?? {}, 'n') }
}

test('the log stays short under steady load, and nothing is lost over it', async () => {
  const { longest, rows } = await logUnderLoad({ intervalMs: 2, logBytes: MIB / 4 })
  expect(rows).toBe(ROWS)
  expect(longest).toBeLessThan(4 * MIB)
})

test('the log grows with everything that is written when it is never merged', async () => {
  const { longest, rows } = await logUnderLoad({ intervalMs: 600_000, logBytes: MIB / 4 })
  expect(rows).toBe(ROWS)
  expect(longest).toBeGreaterThan(7 * MIB)
})

test('the log is merged twice a second and begun anew from 256 MiB on', () => {
  expect(CHECKPOINT_LIMITS).toEqual({ intervalMs: 500, logBytes: 256 * MIB })
})
