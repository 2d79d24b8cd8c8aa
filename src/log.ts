import type { AssuranceLevel, MemoryState, Tier, VerificationOutcome } from './contract.ts'
import type { ErrorCode } from './errors.ts'

/**
 * What a log line may carry: ids, codes, counts and durations. There is no field for a phone number, a name,
 * a note, a token or an error object, and no free text beside the fixed message.
 */
export interface LogFields {
  readonly function?: string
  readonly callSid?: string
  readonly code?: ErrorCode
  readonly tier?: Tier
  readonly memory?: MemoryState
  readonly assurance?: AssuranceLevel
  readonly verification?: VerificationOutcome
  readonly attestation?: string
  readonly caller?: 'number' | 'withheld' | 'unusable'
  readonly intent?: 'none' | 'menu' | 'spoken'
  readonly status?: number
  readonly upstreamStatus?: number
  /** What the database or the system gave as the code of its failure, for example `SQLITE_FULL`. */
  readonly databaseCode?: string
  readonly elapsedMs?: number
  readonly attempt?: number
  readonly count?: number
  readonly port?: number
  readonly route?: string
  /** Class name of an unexpected error; never its message. */
  readonly kind?: string
}

export type LogLevel = 'info' | 'warn' | 'error'

/** Writes one JSON line per event. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void

/** A log that writes JSON lines with `write`, the console's standard output unless told otherwise. */
export function createLog(
  base: LogFields = {},
  write: (line: string) => void = (line) => console.log(line),
): Log {
  return (level, message, fields = {}) => write(JSON.stringify({ level, message, ...base, ...fields }))
}
