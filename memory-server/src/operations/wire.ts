import { asCallerMemoryError, CallerMemoryError } from '../../../src/errors.ts'
import type { ErrorCode, ErrorFacts } from '../../../src/errors.ts'
import type { Behalf, OperationSettings } from './operations.ts'
import type { OperationName } from './table.ts'

/** What the thread of the database is started with. */
export interface ThreadSettings extends OperationSettings {
  /** Path of the database file. */
  readonly path: string
}

/** One thing to do: a number to answer under, the time in epoch milliseconds, and what. */
export type Asked = readonly [id: number, at: number, name: OperationName, behalf: Behalf, request: unknown]

/** What goes to the thread: `Asked[]` as one JSON text, which crosses faster than objects do, or the wish to end. */
export type ToThread = string | null

/** A fault as a plain value. */
export interface PlainFault {
  readonly code: ErrorCode
  readonly message: string
  readonly facts: ErrorFacts
}

/** What came of something that was asked. */
export type Answered = readonly [id: number, answer: string | PlainFault]

/** What comes from the thread: first whether the database is open, then answers, several at a time. */
export type FromThread = 'open' | { readonly refused: PlainFault } | readonly Answered[]

/** Makes a fault fit to cross. Anything else thrown is a defect and becomes `CM_BUG`. */
export function toPlainFault(thrown: unknown): PlainFault {
  const { code, message, facts } = asCallerMemoryError(thrown)
  return { code, message, facts }
}

/** The fault that crossed. */
export function toFault({ code, message, facts }: PlainFault): CallerMemoryError {
  return new CallerMemoryError(code, message, facts)
}
