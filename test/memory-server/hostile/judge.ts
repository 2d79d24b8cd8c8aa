import { loadSqlite } from '../../../memory-server/src/store/sqlite-engine.ts'
import type { SqliteConnection } from '../../../memory-server/src/store/sqlite-engine.ts'
import { operationFor, problemsOfExchange } from '../described.ts'
import type { RawAnswer } from './raw-client.ts'
import type { HostileRequest } from './requests.ts'

/** Watches a database file from outside for changes by its server. */
export interface DatabaseWatch {
  /** Holds on to what the database is like now. */
  readonly pin: () => void
  /** The tables that are not as they were when it was pinned. */
  readonly changedTables: () => readonly string[]
  readonly close: () => void
}

/** Starts to watch a database file. */
export async function watchDatabase(path: string): Promise<DatabaseWatch> {
  const open = await loadSqlite()
  const [pinned, fresh] = [open(path), open(path)]
  const version = fresh.prepare('PRAGMA data_version')
  const readVersion = (): unknown => (version.all()[0] as { data_version: unknown }).data_version
  let last = readVersion()
  pinned.exec('BEGIN')
  const begin = pinned.prepare('SELECT name FROM sqlite_schema LIMIT 1')
  return {
    pin: () => {
      // A transaction goes on seeing the database as it was at its first statement.
      pinned.exec('COMMIT; BEGIN')
      begin.all()
      last = readVersion()
    },
    changedTables: () => {
      // Where nothing was committed there is nothing to compare. A work that was undone may be committed as nothing.
      if (readVersion() === last) return []
      return tablesOf(fresh).filter((table) => rowsOf(pinned, table) !== rowsOf(fresh, table))
    },
    close: () => {
      pinned.close()
      fresh.close()
    },
  }
}

function tablesOf(connection: SqliteConnection): readonly string[] {
  const rows = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  return rows.map((row) => (row as { name: string }).name)
}

function rowsOf(connection: SqliteConnection, table: string): string {
  return JSON.stringify(connection.prepare(`SELECT * FROM ${table}`).all())
}

/** What an answer to a hostile request may not be: one line for each fault of the server. */
export function faultsOf(
  request: HostileRequest,
  answer: RawAnswer,
  changed: () => readonly string[],
): readonly string[] {
  const { status } = answer
  // Whoever hangs up while a request is being answered hears nothing; what is left is that the server hangs up too.
  if (status <= 0) return status === 0 && request.isCutOff ? [] : ['no answer']
  // Every request is sent in one piece, so one that was waited for was not understood as it stands.
  if (status >= 500 || status === 408) return [`answered ${status}`]
  const stored = status >= 400 ? changed() : []
  return [
    ...stored.map((table) => `answered ${status} and changed ${table}`),
    ...faultsOfForm(request, answer),
  ]
}

function faultsOfForm({ kind, method, path, sent }: HostileRequest, answer: RawAnswer): readonly string[] {
  const { status, headers, text } = answer
  // A HEAD has no body, nor has what Node refuses by itself; the measures are no JSON.
  if (text === '' || headers.get('content-type')?.startsWith('text/plain')) return []
  if (kind === 'valid' && status === 400) return [`refused as invalid: ${text}`]
  // Where the bytes are not one request, what came back may belong to another reading of them.
  if (kind === 'framing') return []
  const isRouted = operationFor(method, path) !== undefined || status >= 400
  return isRouted ? problemsOfExchange({ method, path, sent, status, headers, text }) : []
}
