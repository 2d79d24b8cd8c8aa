/** A prepared statement: the part of the node:sqlite API that the store uses. */
export interface SqliteStatement {
  readonly all: (...params: (string | number | null)[]) => unknown[]
  readonly run: (...params: (string | number | null)[]) => unknown
}

/** An open connection: the part of the node:sqlite API that the store uses. */
export interface SqliteConnection {
  readonly exec: (sql: string) => void
  readonly prepare: (sql: string) => SqliteStatement
  readonly close: () => void
}

/** Opens the database file at a path. */
export type OpenSqlite = (path: string) => SqliteConnection

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteConnection
}

/**
 * Finds SQLite: the one built into Node where it needs no flag (22.13 and later), the package with the same
 * API otherwise.
 */
export async function loadSqlite(): Promise<OpenSqlite> {
  const { DatabaseSync } = builtInSqlite() ?? (await import('@photostructure/sqlite'))
  return (path) => new DatabaseSync(path)
}

/** Node 22 warns when node:sqlite is loaded (observed 2026-11, 22.23). Only that one warning is swallowed. */
function builtInSqlite(): SqliteModule | undefined {
  const emitWarning = process.emitWarning.bind(process)
  const filtered = (...args: unknown[]): void => {
    if (!(args[1] === 'ExperimentalWarning' && String(args[0]).startsWith('SQLite '))) {
      Reflect.apply(emitWarning, undefined, args)
    }
  }
  process.emitWarning = filtered
  try {
    return process.getBuiltinModule('node:sqlite') as SqliteModule | undefined
  } finally {
    process.emitWarning = emitWarning
  }
}

const SQLITE_BUSY = 5

/** The number of SQLite's own error code, 0 when the thrown thing is no SQLite error. */
export function sqliteCodeOf(thrown: unknown): number {
  const code = typeof thrown === 'object' && thrown !== null && 'errcode' in thrown ? thrown.errcode : 0
  return typeof code === 'number' ? code : 0
}

/** Whether SQLite says that another connection holds a lock. Extended codes carry the plain one in their low byte. */
export function isBusy(thrown: unknown): boolean {
  return (sqliteCodeOf(thrown) & 0xff) === SQLITE_BUSY
}
