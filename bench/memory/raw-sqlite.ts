import { CHECKPOINT_LIMITS, startCheckpoints } from '../../memory-server/src/store/checkpoints.ts'
import { SQLITE_SETTINGS } from '../../memory-server/src/store/sqlite.ts'
import { loadSqlite } from '../../memory-server/src/store/sqlite-engine.ts'
import type { SqliteConnection, SqliteStatement } from '../../memory-server/src/store/sqlite-engine.ts'
import { systemClock } from '../../src/clock.ts'
import { endReads, endWrites, rememberedReads, startReads, startWrites } from './raw-statements.ts'
import type { RawCall, RawRow, Statement } from './raw-statements.ts'

type Run = (statement: Statement) => readonly RawRow[]

/** Runs calls in one thread, those of all connections in one commit for each stage. */
export async function rawSqlite(
  { database, connections }: { readonly database: string; readonly connections: number },
  nextCall: () => RawCall,
  goesOn: () => boolean,
): Promise<void> {
  const connection = (await loadSqlite())(database)
  connection.exec(SQLITE_SETTINGS)
  const checkpoints = startCheckpoints(connection, database, CHECKPOINT_LIMITS)
  const run = createRun(connection)
  const [begin, commit] = [connection.prepare('BEGIN IMMEDIATE'), connection.prepare('COMMIT')]
  while (goesOn()) {
    const calls = Array.from({ length: connections }, nextCall)
    begin.run()
    const started = calls.map((call) => start(run, call))
    commit.run()
    begin.run()
    for (const each of started) end(run, each)
    commit.run()
    checkpoints.afterCommit()
    // The thread that merges the log reports between two turns.
    await new Promise((resolve) => void setImmediate(resolve))
  }
  await checkpoints.close()
  connection.close()
}

interface Started {
  readonly call: RawCall
  readonly customerRef: string
}

function start(run: Run, call: RawCall): Started {
  const now = systemClock().getTime()
  const [, found] = startReads(call).map((read) => run(read))
  const customerRef = String(found?.[0]?.['customer_ref'])
  const remembered = run(rememberedReads(call, customerRef, now))
  for (const write of startWrites(call, customerRef, remembered, now)) run(write)
  return { call, customerRef }
}

function end(run: Run, { call, customerRef }: Started): void {
  const now = systemClock().getTime()
  const [, started] = endReads(call).map((read) => run(read))
  const startedAt = Number(started?.[0]?.['answered_at'])
  for (const write of endWrites(call, customerRef, startedAt, now)) run(write)
}

function createRun(connection: SqliteConnection): Run {
  const cache = new Map<string, { readonly order: readonly number[]; readonly statement: SqliteStatement }>()
  return ([sql, params]) => {
    let known = cache.get(sql)
    if (!known) {
      const order = Array.from(sql.matchAll(/\$(\d+)/g), ([, place]) => Number(place) - 1)
      known = { order, statement: connection.prepare(sql.replaceAll(/\$\d+/g, '?')) }
      cache.set(sql, known)
    }
    const values = known.order.map((place) => params[place] ?? null)
    if (sql.startsWith('SELECT')) return known.statement.all(...values) as RawRow[]
    known.statement.run(...values)
    return []
  }
}
