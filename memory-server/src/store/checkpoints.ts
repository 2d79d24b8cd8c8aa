import { Worker } from 'node:worker_threads'
import type { SqliteConnection } from './sqlite-engine.ts'

/** How the write-ahead log is kept short. */
export interface CheckpointLimits {
  /** How often the log is merged into the file beside the requests, in milliseconds. */
  readonly intervalMs: number
  /** From this length on, in bytes, the log is begun anew as soon as it is merged. */
  readonly logBytes: number
}

/** The measured choice: shorter logs cost waiting time, no limit lets the log grow under steady load. */
export const CHECKPOINT_LIMITS: CheckpointLimits = { intervalMs: 500, logBytes: 256 * 1024 * 1024 }

/** Merges the write-ahead log of a database. */
export interface Checkpoints {
  /** To be called by the writer between commits: begins the log anew when that is due. */
  readonly afterCommit: () => void
  readonly close: () => Promise<void>
}

// Bounds how long a backup that is reading may hold the writer up.
const RESTART_WAIT_MS = 100
const BUSY_WAIT_MS = 5000
const AUTOMATIC_PAGES = 1000

// A text, so that there is no second file to find, whether this runs from the source or from a bundle.
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads')
const emitWarning = process.emitWarning
process.emitWarning = () => undefined
const builtIn = process.getBuiltinModule && process.getBuiltinModule('node:sqlite')
process.emitWarning = emitWarning
const { DatabaseSync } = builtIn || require(workerData.fallback)
const connection = new DatabaseSync(workerData.path)
connection.exec('PRAGMA synchronous = FULL; PRAGMA busy_timeout = 0')
const checkpoint = connection.prepare('PRAGMA wal_checkpoint(PASSIVE)')
const timer = setInterval(() => {
  try {
    parentPort.postMessage(checkpoint.get().log)
  } catch {
    // Busy or a full disk: the next turn tries again.
  }
}, workerData.intervalMs)
parentPort.once('message', () => {
  clearInterval(timer)
  connection.close()
  parentPort.close()
})
`

/**
 * Merges the log of the database at `path` in a thread, while the writer goes on. The thread starts when its
 * first turn is due. A merge that does not wait never begins the log anew under steady load, so the writer does
 * that itself beyond the limit.
 */
export function startCheckpoints(
  writer: SqliteConnection,
  path: string,
  { intervalMs, logBytes }: CheckpointLimits,
): Checkpoints {
  const pageBytes = pageBytesOf(writer)
  let pages = 0
  let thread: Thread | undefined
  const firstTurn = setTimeout(() => {
    thread = startThread(path, intervalMs, {
      onReport: (log) => {
        pages = log
      },
      // Without the thread the log would grow for ever, so the writer merges it as SQLite does by itself.
      onDeath: () => writer.exec(`PRAGMA wal_autocheckpoint = ${AUTOMATIC_PAGES}`),
    })
  }, intervalMs)
  firstTurn.unref()
  return {
    afterCommit: () => {
      if (pages * pageBytes < logBytes) return
      pages = 0
      beginLogAnew(writer)
    },
    close: async () => {
      clearTimeout(firstTurn)
      await thread?.close()
    },
  }
}

function beginLogAnew(writer: SqliteConnection): void {
  try {
    writer.exec(`PRAGMA busy_timeout = ${RESTART_WAIT_MS}; PRAGMA wal_checkpoint(RESTART)`)
  } catch {
    // A full disk: what was committed is safe in the log, and the next report asks again.
  }
  writer.exec(`PRAGMA busy_timeout = ${BUSY_WAIT_MS}`)
}

interface Thread {
  readonly close: () => Promise<void>
}

interface ThreadListeners {
  /** Told the length of the log, in pages, after each merge. */
  readonly onReport: (log: number) => void
  /** Told when the thread ends without having been asked to. */
  readonly onDeath: () => void
}

function startThread(path: string, intervalMs: number, { onReport, onDeath }: ThreadListeners): Thread {
  let closing = false
  const worker = startWorker(path, intervalMs)
  worker.unref()
  worker.on('message', onReport)
  worker.on('error', () => undefined)
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      if (!closing) onDeath()
      resolve()
    })
  })
  return {
    close: () => {
      closing = true
      // Nothing else may keep the process alive until the thread has closed its connection.
      worker.ref()
      // eslint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage('close')
      return exited
    },
  }
}

function startWorker(path: string, intervalMs: number): Worker {
  const fallback = require.resolve('@photostructure/sqlite')
  return new Worker(WORKER, { eval: true, workerData: { path, intervalMs, fallback } })
}

function pageBytesOf(connection: SqliteConnection): number {
  const [row] = connection.prepare('PRAGMA page_size').all() as { page_size: number }[]
  return row?.page_size ?? 0
}
