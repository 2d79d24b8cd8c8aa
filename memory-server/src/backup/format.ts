import { createHash } from 'node:crypto'
import type { RowCells } from '../store/copy-rows.ts'
import type { Column } from '../store/shape.ts'

/** Name and version of the form of a backup. The version rises when an older server would read it wrongly. */
export const BACKUP_FORMAT = 'caller-memory.backup'
export const BACKUP_VERSION = 1

/** First line of a backup: what follows. */
export interface BackupHeader {
  readonly format: typeof BACKUP_FORMAT
  readonly version: typeof BACKUP_VERSION
  /** ISO-8601, UTC. */
  readonly made_at: string
  /** Fingerprint of the hash key with which the rows were made. */
  readonly hash_key: string
  /** Versions of the schema that the rows fit. */
  readonly schema: readonly number[]
  readonly tables: readonly { readonly name: string; readonly columns: readonly Column[] }[]
}

/** A row: the position of its table in the header, then its values. */
export type BackupRow = readonly [table: number, ...cells: RowCells]

/** Last line of a backup: how much came before it, and a checksum over it. */
export interface BackupTrailer {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>
  /** SHA-256 over all lines before this one, each with its line feed, hexadecimal. */
  readonly sha256: string
}

/** Adds lines up to their checksum. */
export interface Checksum {
  readonly add: (line: string) => void
  readonly digest: () => string
}

/** Begins a checksum. */
export function createChecksum(): Checksum {
  const hash = createHash('sha256')
  return { add: (line) => void hash.update(line).update('\n'), digest: () => hash.digest('hex') }
}
