import { CallerMemoryError } from '../../../src/errors.ts'
import type { Transaction, Work } from './database.ts'
import type { SqliteConnection, SqliteStatement } from './sqlite-engine.ts'
import { storeFault } from './sqlite-statements.ts'
import type { StatementRunner } from './sqlite-statements.ts'

/** Commits for many at once. */
export interface GroupCommit {
  readonly transaction: <T>(work: Work<T>) => Promise<T>
  /** Refuses new work and resolves when what is queued has been answered. */
  readonly drain: () => Promise<void>
}

/** Tells the caller what came of its work, to be run after the commit. */
type Answer = () => void

interface Job {
  readonly attempt: (transaction: Transaction) => Promise<Answer>
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
 * One that fails does not spoil the others, which are then done again. Nobody is answered before the commit. `afterCommit` runs after each batch is answered and must not throw.
 */
export function createGroupCommit(
  connection: SqliteConnection,
  statements: StatementRunner,
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

async function commitBatch(
  control: Control,
  statements: StatementRunner,
  batch: readonly Job[],
): Promise<void> {
  let answers: readonly Answer[] | undefined
  try {
    control.beginBatch.run()
    answers = await attemptTogether(statements, batch)
    if (!answers) {
      rollBack(control)
      control.beginBatch.run()
      answers = await attemptApart(control, statements, batch)
    }
    control.commitBatch.run()
  } catch (error) {
    rollBack(control)
    for (const job of batch) job.reject(storeFault(error))
    return
  }
  for (const answer of answers) answer()
}

/**
 * Does works without savepoints, for a savepoint costs two statements and a second copy of every page. Undefined when
 * that does not do: one has failed and left something that must be undone.
 */
async function attemptTogether(
  statements: StatementRunner,
  batch: readonly Job[],
): Promise<readonly Answer[] | undefined> {
  const answers: Answer[] = []
  for (const job of batch) {
    const { transaction, end } = createTurn(statements)
    try {
      answers.push(await job.attempt(transaction))
      if (end() === 'failed') return undefined
    } catch (error) {
      if (end() !== 'clean') return undefined
      answers.push(() => job.reject(error instanceof Error ? error : storeFault(error)))
    }
  }
  return answers
}

/** Does works each under a savepoint, so that one that fails does not spoil the others. */
async function attemptApart(
  control: Control,
  statements: StatementRunner,
  batch: readonly Job[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (const job of batch) {
    const { transaction, end } = createTurn(statements)
    control.begin.run()
    try {
      const answer = await job.attempt(transaction)
      end()
      control.keep.run()
      answers.push(answer)
    } catch (error) {
      end()
      undo(control, error)
      answers.push(() => job.reject(error instanceof Error ? error : storeFault(error)))
    }
  }
  return answers
}

/** Fails when SQLite has given up the whole transaction, as it does on a full disk: then the batch fails, for that reason. */
function undo(control: Control, cause: unknown): void {
  try {
    control.undo.run()
    control.keep.run()
  } catch (error) {
    throw cause instanceof CallerMemoryError ? cause : error
  }
}

/** What a work left: nothing, changes, or a statement that failed, after which SQLite may have given up the batch. */
type Trace = 'clean' | 'changed' | 'failed'

/** Statements for one work. A part of it that goes on when the work has ended already must not reach the next one. */
function createTurn(statements: StatementRunner): { transaction: Transaction; end: () => Trace } {
  let ended = false
  let trace: Trace = 'clean'
  const step = <T>(execute: () => T): Promise<T> => {
    // Whatever follows a failure could stand alone: SQLite may have given up the transaction.
    if (ended || trace === 'failed')
      return Promise.reject(new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the transaction has ended'))
    try {
      return Promise.resolve(execute())
    } catch (error) {
      trace = 'failed'
      return Promise.reject(storeFault(error))
    }
  }
  return {
    transaction: {
      read: (sql, params) => {
        if (trace === 'clean' && !sql.startsWith('SELECT')) trace = 'changed'
        return step(() => statements.read(sql, params))
      },
      run: (sql, params) => {
        if (trace === 'clean') trace = 'changed'
        return step(() => statements.run(sql, params))
      },
    },
    end: () => {
      ended = true
      return trace
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
