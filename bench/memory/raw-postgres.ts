import { Pool } from 'pg'
import type { PoolClient } from 'pg'
import { systemClock } from '../../src/clock.ts'
import { endReads, endWrites, RAW, rememberedReads, startReads, startWrites } from './raw-statements.ts'
import type { RawCall, RawRow, Statement } from './raw-statements.ts'

// As many as the memory server holds.
const POOL = 12
const NAMES = new Map<string, string>(Object.entries(RAW).map(([name, sql]) => [sql, name]))

type Run = (statement: Statement) => Promise<readonly RawRow[]>

/** Runs as many calls at a time as there are connections, over a pool; statements that can go together do. */
export async function rawPostgres(
  { database, connections }: { readonly database: string; readonly connections: number },
  nextCall: () => RawCall,
  goesOn: () => boolean,
): Promise<void> {
  const pool = new Pool({ connectionString: database, max: POOL, pipeline: true })
  const caller = async (): Promise<void> => {
    while (goesOn()) {
      const call = nextCall()
      const customerRef = await inTransaction(pool, (run) => start(run, call))
      await inTransaction(pool, (run) => end(run, call, customerRef))
    }
  }
  await Promise.all(Array.from({ length: connections }, caller))
  await pool.end()
}

async function start(run: Run, call: RawCall): Promise<string> {
  const now = systemClock().getTime()
  const [, found] = await Promise.all(startReads(call).map((read) => run(read)))
  const customerRef = String(found?.[0]?.['customer_ref'])
  const remembered = await run(rememberedReads(call, customerRef, now))
  await Promise.all(startWrites(call, customerRef, remembered, now).map((write) => run(write)))
  return customerRef
}

async function end(run: Run, call: RawCall, customerRef: string): Promise<void> {
  const now = systemClock().getTime()
  const [, started] = await Promise.all(endReads(call).map((read) => run(read)))
  const startedAt = Number(started?.[0]?.['answered_at'])
  await Promise.all(endWrites(call, customerRef, startedAt, now).map((write) => run(write)))
}

async function inTransaction<T>(pool: Pool, work: (run: Run) => Promise<T>): Promise<T> {
  const client: PoolClient = await pool.connect()
  const begun = client.query('BEGIN')
  const result = await work(async ([sql, params]) => {
    const { rows } = await client.query<RawRow>({
      text: sql,
      name: NAMES.get(sql) ?? sql,
      values: [...params],
    })
    return rows
  })
  await begun
  await client.query('COMMIT')
  client.release()
  return result
}
