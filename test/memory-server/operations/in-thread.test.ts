import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { openOperationsInThread, startThread } from '../../../memory-server/src/operations/in-thread.ts'
import { valueOf } from '../../../memory-server/src/operations/operations.ts'
import type { StartRequest } from '../../../memory-server/src/request/start-request.ts'
import { HASH_KEY, movableClock, temporaryFolder } from '../support.ts'

const clock = movableClock().now
const behalf = { tenant: 'default', actor: 'test' }
const startOf = (callId: string): StartRequest => ({
  callId,
  hints: { ani: '+12025550123', externalIds: [] },
  telco: { lineType: 'mobile' },
})

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const settings = (): { path: string; hashKey: string; variableTtlDays: number } => ({
  path: join(folder.path, 'memory.db'),
  hashKey: HASH_KEY,
  variableTtlDays: 30,
})

test('what was asked before the close is answered, what comes later is refused, and the file can be opened again', async () => {
  const first = await openOperationsInThread(settings(), clock)
  const asked = ['a', 'b', 'c'].map((callId) => first.perform('startCall', behalf, startOf(callId)))
  const closing = first.close()
  const refs = (await Promise.all(asked)).map((answer) => valueOf(answer).customer_ref)
  expect(new Set(refs).size).toBe(1)
  await closing
  await first.close()
  await expect(first.perform('readUsage', behalf, null)).rejects.toMatchObject({
    code: 'CM_STORE_UNAVAILABLE',
    message: 'the database is closed',
  })
  const second = await openOperationsInThread(settings(), clock)
  expect(valueOf(await second.perform('readUsage', behalf, null))).toMatchObject({ starts: 3, ends: 0 })
  await second.close()
})

test('the time of an operation is the one at which it was asked for', async () => {
  const moving = movableClock('2026-11-05T08:00:00.000Z')
  const operations = await openOperationsInThread(settings(), moving.now)
  const asked = operations.perform('startCall', behalf, startOf('a'))
  moving.forward(5000)
  expect(valueOf(await asked).call_start).toBe('2026-11-05T08:00:00.000Z')
  await operations.close()
})

test('faults cross with their code, message and facts', async () => {
  const operations = await openOperationsInThread(settings(), clock)
  const hints = { customerRef: 'nobody', externalIds: [] }
  const unknown = operations.perform('endCall', behalf, { callId: 'e', hints, intents: [], variables: [] })
  await expect(unknown).rejects.toMatchObject({
    name: 'CallerMemoryError',
    code: 'CM_CUSTOMER_NOT_FOUND',
    status: 404,
  })
  const tooMany = {
    callId: 'f',
    hints: startOf('f').hints,
    intents: [],
    variables: Array.from({ length: 65 }, (_, index) => ({ name: `v${index}`, value: 'x' })),
  }
  await expect(operations.perform('endCall', behalf, tooMany)).rejects.toMatchObject({
    code: 'CM_PAYLOAD_INVALID',
    facts: { issues: [{ path: ['variables'] }] },
  })
  await operations.close()
})

describe('a thread', () => {
  test('that cannot open the database says why, in the words of the store', async () => {
    const first = await openOperationsInThread(settings(), clock)
    await expect(openOperationsInThread(settings(), clock)).rejects.toMatchObject({
      code: 'CM_STORE_UNAVAILABLE',
      message: expect.stringContaining('another memory server uses this database') as string,
    })
    await first.close()
    const otherKey = { ...settings(), hashKey: '6f'.repeat(32) }
    await expect(openOperationsInThread(otherKey, clock)).rejects.toMatchObject({
      code: 'CM_CONFIG_INVALID',
      message: expect.stringContaining('MEMORY_SERVER_HASH_KEY') as string,
    })
  })

  test('that dies fails what waits for it and whatever is asked later, and says that the database is broken', async () => {
    let worker: Worker | undefined
    const operations = await openOperationsInThread(
      settings(),
      clock,
      (given) => (worker = startThread(given)),
    )
    const waiting = operations.perform('startCall', behalf, startOf('a'))
    void worker?.terminate()
    const gone = { code: 'CM_STORE_UNAVAILABLE', message: 'the thread of the database has ended' }
    await expect(waiting).rejects.toMatchObject(gone)
    await operations.broken
    await expect(operations.perform('readUsage', behalf, null)).rejects.toMatchObject(gone)
    await operations.close()
  })
})
