import { createMetrics } from '../../../memory-server/src/http/metrics.ts'
import type { Database } from '../../../memory-server/src/store/database.ts'

test('counting the work of a database hands every option of a transaction on', async () => {
  const seen: unknown[] = []
  const database: Database = {
    read: async () => [],
    transaction: (_work, options) => {
      seen.push(options)
      return Promise.reject(new Error('not run'))
    },
  }
  const counted = createMetrics().countWork(database)
  await counted.transaction(async () => 1, { repeatable: true }).catch(() => undefined)
  expect(seen).toEqual([{ repeatable: true }])
})
