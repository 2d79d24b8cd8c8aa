import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../../../src/clock.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import { createPerformAt } from './operations.ts'
import type { PerformAt } from './operations.ts'
import { toPlainFault } from './wire.ts'
import type { Answered, Asked, FromThread, ThreadSettings, ToThread } from './wire.ts'

// Runs as the thread of an embedded database: see in-thread.ts, which starts it.

const port = parentPort

function post(message: FromThread): void {
  // eslint-disable-next-line unicorn/require-post-message-target-origin
  port?.postMessage(message)
}

/** Gathers the answers of one commit into one message. */
function createAnswers(): (answered: Answered) => void {
  let gathered: Answered[] = []
  const send = (): void => {
    post(gathered)
    gathered = []
  }
  return (answered) => {
    // Runs when all answers of the commit are there, and before the work of the next one begins.
    if (gathered.length === 0) process.nextTick(send)
    gathered.push(answered)
  }
}

async function answerOne(performAt: PerformAt, [id, at, name, behalf, request]: Asked): Promise<Answered> {
  try {
    return [id, await performAt(at, name, behalf, request)]
  } catch (error) {
    return [id, toPlainFault(error)]
  }
}

async function run(settings: ThreadSettings): Promise<void> {
  const store = await openSqliteStore({ path: settings.path, clock: systemClock })
  const performAt = await createPerformAt(store, settings).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const answers = createAnswers()
  port?.on('message', (message: ToThread) => {
    if (message === null) {
      // The answers of the last commit go out first.
      void store.close().then(() => setImmediate(() => port.close()))
      return
    }
    for (const asked of JSON.parse(message) as readonly Asked[])
      void answerOne(performAt, asked).then(answers)
  })
  post('open')
}

run(workerData as ThreadSettings).catch((error: unknown) => {
  post({ refused: toPlainFault(error) })
  port?.close()
})
