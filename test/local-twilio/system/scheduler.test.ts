import { countWaitingSaves, keepRetrying } from '../../../local-twilio/src/system/scheduler.ts'
import { eventually } from '../../support/eventually.ts'
import { startTestServer } from '../../support/http-server.ts'

const secrets = { retrySecret: 'a-secret-for-tests' }

test('the scheduler calls retry-saves with its secret, and tells when the number of waiting saves changes', async () => {
  const rounds = [0, 2, 2, 1, 0]
  const server = await startTestServer((response, _request, count) => {
    // The third call finds the functions away: nothing is known, and nothing told.
    if (count === 3) return void response.writeHead(503).end()
    response.end(JSON.stringify({ pending: rounds[Math.min(count, rounds.length) - 1], set_aside: 0 }))
  })
  const told: number[] = []
  const { stop } = keepRetrying({ functionsUrl: server.url }, secrets, ({ pending }) => told.push(pending), 5)
  await eventually(() => expect(told).toEqual([2, 1, 0]))
  stop()
  const asked = server.seen.length
  expect(server.seen.map(({ path }) => path)).toEqual(Array(asked).fill('/retry-saves'))
  expect(server.seen[0]?.headers['authorization']).toBe('Bearer a-secret-for-tests')
  await server.close()
})

test('how many saves wait is not known while the functions are away', async () => {
  await expect(countWaitingSaves({ functionsUrl: 'http://127.0.0.1:9' }, secrets)).resolves.toBeUndefined()
})
