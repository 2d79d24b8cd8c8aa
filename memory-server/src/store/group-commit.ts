import { CallerMemoryError } from '../../../src/errors.ts'
import type { Transaction, Work } from './database.ts'
import type { SqliteConnection, SqliteStatement } from './sqlite-engine.ts'
import { storeFault } from './sqlite-statements.ts'

/** Commits for many at once. */
export interface GroupCommit {
  readonly transaction: <T>(work: Work<T>) => Promise<T>
  /** Refuses new work and resolves when what is queued has been answered. */
  readonly drain: () => Promise<void>
}

interface Job {
  /** Does the work; what it returns tells the caller, to be run after the commit. */
  readonly attempt: (transaction: Transaction) => Promise<() => void>
  readonly reject: (reason: CallerMemoryError | Error) => void
}

/** What begins and ends a batch, and each work in it. */
type Control = Readonly<
  Record<'beginBatch' | 'commitBatch' | 'rollBackBatch' | 'begin' | 'undo' | 'keep', SqliteStatement>
>

function prepareControl(connection: SqliteConnection): Control {
  return {
    beginBatch: connection.prepare('BEGIN IMMEDIATE'),
    commitBatch: connection.prepare('COMMIT'),
    rollBackBatch: connection.prepare('ROLLBACK'),
    begin: connection.prepare('SAVEPOINT work'),
    undo: connection.prepare('ROLLBACK TO work'),
    keep: connection.prepare('RELEASE work'),
  }
}

// Bounds how long the first of a batch waits for the last.
const MAX_BATCH = 256

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/**
 * Shares one commit, hence one wait for the disk, among all work that arrived while the previous commit ran.
 * Each work has a savepoint of its own, so one that fails does not spoil the others. Nobody is answered
 * before the commit. `afterCommit` runs after each batch is answered and must not throw.
 */
export function createGroupCommit(
  connection: SqliteConnection,
  statements: Transaction,
  afterCommit: () => void = () => undefined,
): GroupCommit {
  const control = prepareControl(connection)
  const waiting: Job[] = []
  let pumping: Promise<void> | undefined
  let closed = false

  const pump = async (): Promise<void> => {
    await nextTurn()
    while (waiting.length > 0) {
      await commitBatch(control, statements, waiting.splice(0, MAX_BATCH))
      afterCommit()
      await nextTurn()
    }
    pumping = undefined
  }
  const transaction = <T>(work: Work<T>): Promise<T> => {
    if (closed) return Promise.reject(new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the database is closed'))
    return new Promise<T>((resolve, reject) => {
      const attempt: Job['attempt'] = async (shared) => {
        const result = await work(shared)
        return () => resolve(result)
      }
      waiting.push({ attempt, reject })
      pumping ??= pump()
    })
  }
  const drain = async (): Promise<void> => {
    closed = true
    await pumping
  }
  return { transaction, drain }
}

async function commitBatch(control: Control, statements: Transaction, batch: readonly Job[]): Promise<void> {
  const answers: (() => void)[] = []
  try {
    control.beginBatch.run()
    for (const job of batch) answers.push(await attemptUnderSavepoint(control, statements, job))
    control.commitBatch.run()
  } catch (error) {
    rollBack(control)
    for (const job of batch) job.reject(storeFault(error))
    return
  }
  for (const answer of answers) answer()
}

async function attemptUnderSavepoint(
  control: Control,
  statements: Transaction,
  job: Job,
): Promise<() => void> {
  const { transaction, close } = untilClosed(statements)
  control.begin.run()
  try {
    const answer = await job.attempt(transaction)
    close()
    control.keep.run()
    return answer
  } catch (error) {
    close()
    // Fails when SQLite has given up the whole transaction, as it does on a full disk: then the batch fails.
    control.undo.run()
    control.keep.run()
    return () => job.reject(error instanceof Error ? error : storeFault(error))
  }
}

/** Statements for one work. A part of it that goes on when the work has ended already must not reach the next one. */
function untilClosed(statements: Transaction): { transaction: Transaction; close: () => void } {
  let closed = false
  const guard = <T>(step: () => Promise<T>): Promise<T> =>
    closed
      ? Promise.reject(new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the transaction has ended'))
      : step()
  return {
    transaction: {
      read: (sql, params) => guard(() => statements.read(sql, params)),
      run: (sql, params) => guard(() => statements.run(sql, params)),
    },
    close: () => {
      closed = true
    },
  }
}

function rollBack({ rollBackBatch }: Control): void {
  try {
    rollBackBatch.run()
  } catch {
    // There is no transaction left to undo: SQLite has done it already, or BEGIN had failed.
  }
}
