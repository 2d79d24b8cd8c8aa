import { createMetrics } from '../../../memory-server/src/http/metrics.ts'
import type { Operations } from '../../../memory-server/src/operations/operations.ts'

test('an operation counts as pending until it is answered, however it ends', async () => {
  const metrics = createMetrics()
  const pending = async (): Promise<string | undefined> =>
    /memory_server_store_pending (\d+)/.exec(await metrics.text())?.[1]
  let fail: () => void = () => undefined
  const operations: Operations = {
    perform: () =>
      new Promise<never>((_resolve, reject) => {
        fail = () => reject(new Error('not done'))
      }),
    close: async () => undefined,
    broken: new Promise(() => undefined),
  }
  const counted = metrics
    .countWork(operations)
    .perform('readUsage', { tenant: 'default', actor: 'test' }, null)
  expect(await pending()).toBe('1')
  fail()
  await expect(counted).rejects.toThrow('not done')
  expect(await pending()).toBe('0')
})
