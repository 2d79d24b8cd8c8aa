import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { createKeyedHash } from '../../memory-server/src/identity/keyed-hash.ts'
import { answerTask } from '../support/worker-process.ts'
import { identifierOfCustomer, intentOf, VARIABLES_OF_AN_END, variablesOf } from './people.ts'
import { rawPostgres } from './raw-postgres.ts'
import { rawSqlite } from './raw-sqlite.ts'
import type { RawCall } from './raw-statements.ts'

/** The baseline: the statements of a call on the same database, with nothing around them. */
export interface RawTask {
  /** Path of the file, or address of the PostgreSQL database. */
  readonly database: string
  readonly engine: 'sqlite' | 'postgres'
  readonly hashKey: string
  readonly customers: number
  readonly seconds: number
  /** Calls at a time. */
  readonly connections: number
}

/** What the baseline reached. */
export interface RawResult {
  readonly calls: number
  readonly seconds: number
  /** Processor time of this program, without a database server's, in milliseconds. */
  readonly cpuMs: number
}

const DRAWN = 20_000

async function raw(task: RawTask): Promise<RawResult> {
  const keyedHash = createKeyedHash(task.hashKey)
  const drawn = Array.from({ length: Math.min(DRAWN, task.customers) }, () => {
    const index = Math.floor(Math.random() * task.customers)
    const { bucket, hash } = identifierOfCustomer(index, keyedHash)
    const variables = variablesOf(index, VARIABLES_OF_AN_END)
    return { bucket, identifierHash: hash, intent: intentOf(index), variables }
  })
  const tag = randomBytes(24).toString('hex')
  let calls = 0
  const nextCall = (): RawCall => {
    const customer = drawn[Math.floor(Math.random() * drawn.length)]
    if (!customer) throw new Error('there is no customer')
    calls += 1
    // The leading characters of a hash are random, as those of the server are.
    const callHash = `${Math.floor(Math.random() * 0x1_00_00_00_00)
      .toString(16)
      .padStart(8, '0')}${calls.toString(16).padStart(8, '0')}${tag}`
    return { ...customer, callHash }
  }
  const startedAt = performance.now()
  const cpu = process.cpuUsage()
  const endsAt = startedAt + task.seconds * 1000
  const run = task.engine === 'sqlite' ? rawSqlite : rawPostgres
  await run(task, nextCall, () => performance.now() < endsAt)
  const { user, system } = process.cpuUsage(cpu)
  return { calls, seconds: (performance.now() - startedAt) / 1000, cpuMs: (user + system) / 1000 }
}

answerTask((task) => raw(task as RawTask))
