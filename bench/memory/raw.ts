import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { bucketOfCustomerRef } from '../../memory-server/src/identity/customer-ref.ts'
import { identifiersOf } from '../../memory-server/src/identity/identifiers.ts'
import { createKeyedHash } from '../../memory-server/src/identity/keyed-hash.ts'
import { loadSqlite } from '../../memory-server/src/store/sqlite-engine.ts'
import type { SqliteConnection } from '../../memory-server/src/store/sqlite-engine.ts'
import { STATEMENTS } from '../../memory-server/src/store/statements.ts'
import { systemClock } from '../../src/clock.ts'
import { answerTask } from '../support/worker-process.ts'
import { numberOfCustomer, variablesOf } from './people.ts'

/** The baseline: the statements of a call on the same file and settings, with nothing around them. */
export interface RawTask {
  readonly database: string
  readonly hashKey: string
  readonly customers: number
  readonly seconds: number
  /** Calls that share one commit, as that many callers at a time do. */
  readonly connections: number
}

export interface RawResult {
  readonly calls: number
  readonly seconds: number
}

const TENANT = 'default'
const DAY_MS = 86_400_000

type Run = (sql: string, params: readonly (string | number)[]) => readonly Record<string, unknown>[]

async function raw(task: RawTask): Promise<RawResult> {
  const connection = (await loadSqlite())(task.database)
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
  const run = runner(connection)
  const keyedHash = createKeyedHash(task.hashKey)
  const startedAt = performance.now()
  let calls = 0
  while (performance.now() < startedAt + task.seconds * 1000) {
    const batch = Array.from({ length: task.connections }, () => {
      const customer = Math.floor(Math.random() * task.customers)
      const { number } = identifiersOf(
        { ani: numberOfCustomer(customer), externalIds: [] },
        TENANT,
        keyedHash,
      )
      return {
        customer,
        hash: number?.hash ?? '',
        bucket: number?.bucket ?? 0,
        call: randomBytes(32).toString('hex'),
      }
    })
    connection.exec('BEGIN IMMEDIATE')
    const refs = batch.map((one) => start(run, one))
    connection.exec('COMMIT; BEGIN IMMEDIATE')
    batch.forEach((one, place) => end(run, one, refs[place] ?? ''))
    connection.exec('COMMIT')
    calls += batch.length
  }
  const seconds = (performance.now() - startedAt) / 1000
  connection.close()
  return { calls, seconds }
}

interface Call {
  readonly customer: number
  readonly hash: string
  readonly bucket: number
  readonly call: string
}

function start(run: Run, { hash, bucket, call }: Call): string {
  const now = systemClock().getTime()
  run(STATEMENTS.findCall, [TENANT, bucket, call, 'start'])
  const [link] = run(STATEMENTS.findLinks, [TENANT, bucket, hash])
  const ref = String(link?.['customer_ref'])
  const key = [TENANT, bucketOfCustomerRef(ref) ?? 0, ref]
  run(STATEMENTS.findCustomer, key)
  run(STATEMENTS.touchCustomer, [...key, now])
  run(STATEMENTS.saveLink, [TENANT, bucket, hash, ref, 'ani', now])
  run(STATEMENTS.findOpenIntents, key)
  const variables = run(STATEMENTS.findLiveVariables, [...key, now])
  run(STATEMENTS.insertCall, [TENANT, bucket, call, 'start', hash, ref, JSON.stringify(variables), now])
  return ref
}

function end(run: Run, { customer, hash, bucket, call }: Call, ref: string): void {
  const now = systemClock().getTime()
  const key = [TENANT, bucketOfCustomerRef(ref) ?? 0, ref]
  run(STATEMENTS.findCall, [TENANT, bucket, call, 'end'])
  run(STATEMENTS.findCall, [TENANT, bucket, call, 'start'])
  run(STATEMENTS.findCustomer, key)
  run(STATEMENTS.touchCustomer, [...key, now])
  run(STATEMENTS.saveIntent, [...key, `intent_${customer % 4}`, 'open', 1, now])
  for (const [name, value] of Object.entries(variablesOf(customer, 5))) {
    run(STATEMENTS.saveVariable, [...key, name, value, now, now + 30 * DAY_MS])
  }
  run(STATEMENTS.insertCall, [TENANT, bucket, call, 'end', hash, ref, '{}', now])
}

function runner(connection: SqliteConnection): Run {
  const cache = new Map<
    string,
    { order: readonly number[]; statement: ReturnType<SqliteConnection['prepare']> }
  >()
  return (sql, params) => {
    let known = cache.get(sql)
    if (!known) {
      const order = Array.from(sql.matchAll(/\$(\d+)/g), ([, place]) => Number(place) - 1)
      known = { order, statement: connection.prepare(sql.replaceAll(/\$\d+/g, '?')) }
      cache.set(sql, known)
    }
    const values = known.order.map((place) => params[place] ?? null)
    if (sql.trimStart().startsWith('SELECT'))
      return known.statement.all(...values) as Record<string, unknown>[]
    known.statement.run(...values)
    return []
  }
}

answerTask((task) => raw(task as RawTask))
