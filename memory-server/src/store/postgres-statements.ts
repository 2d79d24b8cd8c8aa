import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { Row, SqlValue, Transaction } from './database.ts'
import { postgresFault } from './postgres-faults.ts'

/** Gives a statement the name under which the server keeps its plan; undefined to have none kept. */
export type NameStatement = (sql: string) => string | undefined

/**
 * Creates the namer. A name is made from the text, so that servers behind one pooler mean the same by it. With
 * `prepared` false no names are given.
 */
export function createStatementNames(prepared: boolean): NameStatement {
  const names = new Map<string, string>()
  return (sql) => {
    if (!prepared) return undefined
    const name = names.get(sql) ?? `cm_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`
    names.set(sql, name)
    return name
  }
}

/** The statements of one transaction on one connection. */
export interface Statements {
  readonly transaction: Transaction
  /** The first failure of a statement, as the driver threw it; undefined while there is none. */
  readonly failure: () => unknown
  /** Refuses further statements and waits for those on their way. */
  readonly close: () => Promise<void>
}

/**
 * Runs statements in the order in which they are asked for. On a connection that is pipelined they are sent without
 * waiting for earlier ones. After the first that fails none is sent: in a transaction that has failed it would fail
 * as well, and after its end it would stand alone. `begin` is sent ahead of them; nothing is changed before it has
 * worked, or else the change would stand alone as well.
 */
export function createStatements(client: PoolClient, nameOf: NameStatement, begin?: string): Statements {
  let failure: unknown
  let closed = false

  const sendNow = async (sql: string, params: readonly SqlValue[]): Promise<readonly Row[]> => {
    if (closed || failure !== undefined) {
      throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the transaction has ended')
    }
    try {
      const name = nameOf(sql)
      const { rows } = await client.query<Row>({ text: sql, values: [...params], ...(name && { name }) })
      return rows
    } catch (error) {
      failure ??= error ?? new Error('the driver gave no reason')
      throw postgresFault(error)
    }
  }
  const line = createLine(client.pipeline, begin === undefined ? undefined : () => sendNow(begin, []))
  return {
    transaction: {
      read: (sql, params) => line.send(() => sendNow(sql, params), false),
      run: async (sql, params) => void (await line.send(() => sendNow(sql, params), true)),
    },
    failure: () => failure,
    close: async () => {
      closed = true
      await line.empty()
    },
  }
}

/** Keeps steps in their order. */
interface Line {
  readonly send: <T>(step: () => Promise<T>, changes: boolean) => Promise<T>
  /** Resolves when every step so far has ended, however it ended. */
  readonly empty: () => Promise<void>
}

/** Lets one step through at a time, or, `pipelined`, each at once; but no change before `begin` has worked. */
function createLine(pipelined: boolean, begin?: () => Promise<unknown>): Line {
  let gate: Promise<unknown> | undefined
  let ended: Promise<unknown> = Promise.resolve()
  const pass = <T>(step: () => Promise<T>): Promise<T> => {
    const passed = gate ? gate.then(step) : step()
    const settled = passed.catch(() => undefined)
    ended = Promise.all([ended, settled])
    if (!pipelined) gate = settled
    return passed
  }
  let isBegun = begin === undefined
  const begun = begin && pass(begin).then(() => (isBegun = true))
  const settledBegin = begun?.catch(() => undefined)
  return {
    send: (step, changes) => {
      if (changes && !isBegun && pipelined) gate ??= settledBegin
      return pass(step)
    },
    empty: async () => void (await ended),
  }
}
