import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { pagesOf } from '../store/copy-rows.ts'
import { textOf, numberOf } from '../store/database.ts'
import { FINGERPRINT } from '../store/installation.ts'
import { createPrivateFile } from '../store/private-file.ts'
import { shapesOf } from '../store/shape.ts'
import type { TableShape } from '../store/shape.ts'
import type { Snapshot } from '../store/snapshot.ts'
import { MIGRATIONS } from '../store/sql/migrations.ts'
import { STATEMENTS } from '../store/statements.ts'
import { BACKUP_FORMAT, BACKUP_VERSION, createChecksum } from './format.ts'
import type { BackupHeader, BackupTrailer } from './format.ts'

/** What is backed up, and where to. */
export interface WriteBackupOptions {
  readonly snapshot: Snapshot
  /** The file to make. It appears under this name when it is whole and on the disk. */
  readonly file: string
  /** Whether only the tombstones are wanted, to have earlier erasures repeated after a restore. */
  readonly tombstonesOnly: boolean
  readonly clock: Clock
  /** Told the rows so far, now and then. */
  readonly onProgress?: (rows: number) => void
}

/** Tables whose rows mean nothing elsewhere or later. */
const LEFT_OUT = new Set(['schema_migrations', 'rate_windows', 'turns'])
const PROGRESS_ROWS = 50_000

/**
 * Writes a backup: compressed lines of JSON, the same for both engines. Answers how many rows each table has.
 *
 * @throws CM_USAGE when the file exists, CM_STORE_UNAVAILABLE when there is no database or no room.
 */
export async function writeBackup(options: WriteBackupOptions): Promise<BackupTrailer['rows']> {
  const { snapshot, file, tombstonesOnly, clock, onProgress } = options
  if (existsSync(file)) throw new CallerMemoryError('CM_USAGE', 'there is a file of this name already')
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  const { header, shapes } = await describe(snapshot, tombstonesOnly, clock)
  const counts: Record<string, number> = {}
  try {
    createPrivateFile(partial)
    const lines = Readable.from(linesOf(snapshot, header, shapes, counts, onProgress))
    await pipeline(lines, createGzip({ level: 4 }), createWriteStream(partial, { flags: 'r+' }))
    forceToDisk(partial)
    renameSync(partial, file)
    forceToDisk(dirname(file))
  } catch (error) {
    rmSync(partial, { force: true })
    throw asFileFault(error)
  }
  return counts
}

async function describe(
  { read }: Snapshot,
  tombstonesOnly: boolean,
  clock: Clock,
): Promise<{ header: BackupHeader; shapes: readonly TableShape[] }> {
  const versions = (await read(STATEMENTS.findMigrations, [])).map((row) => numberOf(row, 'version'))
  const newer = versions.find((version) => !MIGRATIONS.some((migration) => migration.version === version))
  if (newer !== undefined) {
    const message = `the database has schema version ${newer}, which this program does not know`
    throw new CallerMemoryError('CM_STORE_UNAVAILABLE', message)
  }
  const [fingerprint] = await read(STATEMENTS.findInstallation, [FINGERPRINT])
  const shapes = shapesOf(MIGRATIONS.filter(({ version }) => versions.includes(version))).filter(
    ({ name }) => !LEFT_OUT.has(name) && (!tombstonesOnly || name === 'tombstones'),
  )
  const header: BackupHeader = {
    format: BACKUP_FORMAT,
    version: BACKUP_VERSION,
    made_at: clock().toISOString(),
    hash_key: fingerprint ? textOf(fingerprint, 'value') : '',
    schema: versions,
    tables: shapes.map(({ name, columns }) => ({ name, columns })),
  }
  return { header, shapes }
}

async function* linesOf(
  { read }: Snapshot,
  header: BackupHeader,
  shapes: readonly TableShape[],
  counts: Record<string, number>,
  onProgress: (rows: number) => void = () => undefined,
): AsyncGenerator<string> {
  const checksum = createChecksum()
  const withChecksum = (line: string): string => {
    checksum.add(line)
    return `${line}\n`
  }
  let rows = 0
  yield withChecksum(JSON.stringify(header))
  for (const [position, shape] of shapes.entries()) {
    counts[shape.name] = 0
    for await (const page of pagesOf(read, shape)) {
      yield page.map((cells) => withChecksum(JSON.stringify([position, ...cells]))).join('')
      counts[shape.name] = (counts[shape.name] ?? 0) + page.length
      if (Math.floor((rows + page.length) / PROGRESS_ROWS) > Math.floor(rows / PROGRESS_ROWS)) {
        onProgress(rows + page.length)
      }
      rows += page.length
    }
  }
  const trailer: BackupTrailer = { rows: counts, sha256: checksum.digest() }
  yield `${JSON.stringify(trailer)}\n`
}

function forceToDisk(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A file system's refusal as a coded fault: its code, not its message. */
function asFileFault(error: unknown): unknown {
  const isFileError = typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error
  if (!isFileError) return error
  return new CallerMemoryError('CM_STORE_UNAVAILABLE', `the backup cannot be written: ${String(error.code)}`)
}
