import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { Operations } from './operations.ts'
import { toFault } from './wire.ts'
import type { Asked, FromThread, ThreadSettings, ToThread } from './wire.ts'

interface Waiting {
  readonly resolve: (answer: string) => void
  readonly reject: (fault: CallerMemoryError) => void
}

/** Starts the thread of a database. */
export type StartThread = (settings: ThreadSettings) => Worker

/**
 * Opens the embedded database in a thread of its own, so that waiting for the disk and working on rows hold no
 * request up. What is asked in one turn of the event loop crosses in one message.
 *
 * @throws CM_STORE_UNAVAILABLE, CM_CONFIG_INVALID when the thread cannot open the database.
 */
export async function openOperationsInThread(
  settings: ThreadSettings,
  clock: Clock,
  start: StartThread = startThread,
): Promise<Operations> {
  const worker = start(settings)
  const exited = new Promise<void>((resolve) => void worker.once('exit', () => resolve()))
  // The reason is not kept: it may quote a row. That the thread has ended is what matters.
  worker.on('error', () => undefined)
  await opening(worker, exited)
  const { ask, send, refuse } = createDesk(worker)
  let closing = false
  const broken = exited.then(() => {
    refuse(closing ? 'the database is closed' : 'the thread of the database has ended')
    return closing ? new Promise<void>(() => undefined) : undefined
  })
  return {
    perform: (name, behalf, request) => ask(clock().getTime(), name, behalf, request),
    close: () => {
      if (!closing) {
        send()
        tell(worker, null)
      }
      closing = true
      return exited
    },
    broken,
  }
}

/** Puts questions to the thread and hands its answers out. */
interface Desk {
  readonly ask: (
    ...what: [at: Asked[1], name: Asked[2], behalf: Asked[3], request: Asked[4]]
  ) => Promise<string>
  /** Sends what has gathered in this turn. */
  readonly send: () => void
  /** Fails what is waiting, and whatever is asked from now on. */
  readonly refuse: (reason: string) => void
}

function createDesk(worker: Worker): Desk {
  const waiting = new Map<number, Waiting>()
  let asked: Asked[] = []
  let lastId = 0
  let refusal: string | undefined
  const send = (): void => {
    if (asked.length === 0) return
    tell(worker, JSON.stringify(asked))
    asked = []
  }
  worker.on('message', (message: FromThread) => {
    if (!Array.isArray(message)) return
    for (const [id, answer] of message) {
      const waiter = waiting.get(id)
      waiting.delete(id)
      if (typeof answer === 'string') waiter?.resolve(answer)
      else waiter?.reject(toFault(answer))
    }
  })
  return {
    ask: (...what) =>
      new Promise((resolve, reject) => {
        if (refusal !== undefined) {
          reject(unavailable(refusal))
          return
        }
        lastId += 1
        waiting.set(lastId, { resolve, reject })
        if (asked.length === 0) setImmediate(send)
        asked.push([lastId, ...what])
      }),
    send,
    refuse: (reason) => {
      refusal = reason
      for (const { reject } of waiting.values()) reject(unavailable(reason))
      waiting.clear()
    },
  }
}

function unavailable(reason: string): CallerMemoryError {
  return new CallerMemoryError('CM_STORE_UNAVAILABLE', reason)
}

function tell(worker: Worker, message: ToThread): void {
  // eslint-disable-next-line unicorn/require-post-message-target-origin
  worker.postMessage(message)
}

async function opening(worker: Worker, exited: Promise<void>): Promise<void> {
  const first = await Promise.race([
    new Promise<FromThread>((resolve) => void worker.once('message', resolve)),
    exited.then(() => undefined),
  ])
  if (first === 'open') return
  await exited
  if (typeof first === 'object' && 'refused' in first) throw toFault(first.refused)
  throw unavailable('the thread of the database did not start')
}

/** Starts the thread from its file, which lies beside this one in the source as in a build. Only the source needs a loader. */
export function startThread(settings: ThreadSettings): Worker {
  const extension = extname(__filename)
  const loader = extension === '.ts' ? ['--require', require.resolve('tsx/cjs')] : []
  return new Worker(join(__dirname, `thread${extension}`), { workerData: settings, execArgv: loader })
}
