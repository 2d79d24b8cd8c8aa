import { createReadStream, existsSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { CallerMemoryError } from '../../../src/errors.ts'
import { BACKUP_FORMAT, BACKUP_VERSION, createChecksum } from './format.ts'
import type { BackupHeader, BackupRow, BackupTrailer } from './format.ts'

/** A backup whose checksum and counts were found right. */
export interface CheckedBackup {
  readonly file: string
  readonly header: BackupHeader
  readonly rows: BackupTrailer['rows']
}

/**
 * Reads a backup through and checks it, before anything is done with it.
 *
 * @throws CM_USAGE when there is no such file, or it is no backup, or one of a later form.
 * @throws CM_STORE_DAMAGED when it was changed or cut short.
 */
export async function checkBackup(file: string): Promise<CheckedBackup> {
  if (!existsSync(file)) throw new CallerMemoryError('CM_USAGE', 'there is no such file')
  const checksum = createChecksum()
  const counts: Record<string, number> = {}
  let header: BackupHeader | undefined
  let trailer: BackupTrailer | undefined
  for await (const line of linesIn(file)) {
    const value = parse(line)
    if (trailer) throw damaged('something follows its end')
    if (!header) header = headerOf(value)
    else if (Array.isArray(value)) countRow(counts, header, value)
    else trailer = value as BackupTrailer
    if (!trailer) checksum.add(line)
  }
  if (!header || !trailer) throw damaged('it was cut short')
  if (trailer.sha256 !== checksum.digest()) throw damaged('its checksum is another')
  const wrong = Object.entries(trailer.rows).find(([name, count]) => count !== (counts[name] ?? 0))
  if (wrong) throw damaged(`the table ${wrong[0]} has another number of rows`)
  return { file, header, rows: trailer.rows }
}

function countRow(counts: Record<string, number>, header: BackupHeader, row: readonly unknown[]): void {
  const name = header.tables[Number(row[0])]?.name
  if (name === undefined) throw damaged('a row belongs to no table')
  counts[name] = (counts[name] ?? 0) + 1
}

/** The rows of a checked backup, as they stand in it, several at a time. */
export async function* rowsIn({ file }: CheckedBackup, atOnce: number): AsyncGenerator<readonly BackupRow[]> {
  let batch: BackupRow[] = []
  for await (const line of linesIn(file)) {
    const value = parse(line)
    if (!Array.isArray(value)) continue
    const row = value as unknown as BackupRow
    if (batch.length > 0 && (batch.length >= atOnce || batch[0]?.[0] !== row[0])) {
      yield batch
      batch = []
    }
    batch.push(row)
  }
  if (batch.length > 0) yield batch
}

async function* linesIn(file: string): AsyncGenerator<string> {
  const source = createReadStream(file)
  const unpacked = createGunzip()
  unpacked.setEncoding('utf8')
  source.on('error', (error) => unpacked.destroy(error))
  let rest = ''
  try {
    for await (const chunk of source.pipe(unpacked) as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch {
    throw damaged('it cannot be read or unpacked')
  } finally {
    source.destroy()
  }
  if (rest !== '') yield rest
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    throw damaged('a line is no JSON')
  }
}

function headerOf(value: unknown): BackupHeader {
  const header = value as Partial<BackupHeader> | null
  if (header?.format !== BACKUP_FORMAT) throw new CallerMemoryError('CM_USAGE', 'the file is no backup')
  if (header.version !== BACKUP_VERSION) {
    throw new CallerMemoryError('CM_USAGE', 'the backup has a later form than this program reads')
  }
  return header as BackupHeader
}

function damaged(reason: string): CallerMemoryError {
  return new CallerMemoryError('CM_STORE_DAMAGED', `the backup is damaged: ${reason}`)
}
