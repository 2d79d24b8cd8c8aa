import { numberOf, textOf } from './database.ts'
import type { Transaction } from './database.ts'
import { STATEMENTS } from './statements.ts'

// What concerns no tenant stands under none.
const KEY = ['', 0] as const

/** Work that one server does for all, for example `sweep`, and who asks for it. */
export interface TurnRequest {
  readonly job: string
  /** A name that no other process has. */
  readonly holder: string
  /** Epoch milliseconds, as all times here. */
  readonly now: number
  /** When others may take over if nothing is heard of the holder. */
  readonly expiresAt: number
}

// No turn is put off for so long: what stands there was written by a clock that was wrong.
const FURTHEST_MS = 410 * 86_400_000

/**
 * Takes the turn for a job, or keeps it. False when it is not due yet or another process has it.
 */
export async function takeTurn(
  transaction: Transaction,
  { job, holder, now, expiresAt }: TurnRequest,
): Promise<boolean> {
  await transaction.run(STATEMENTS.claimTurn, [...KEY, job])
  const [row = {}] = await transaction.read(STATEMENTS.findTurn, [...KEY, job])
  const isOwn = textOf(row, 'holder') === holder
  const isAhead = (at: number): boolean => at > now && at <= now + FURTHEST_MS
  if (isAhead(numberOf(row, 'due_at'))) return false
  if (isAhead(numberOf(row, 'expires_at')) && !isOwn) return false
  await transaction.run(STATEMENTS.writeTurn, [...KEY, job, holder, expiresAt, 0])
  return true
}

/** Ends a turn: nobody does the job before `dueAt`. */
export async function endTurn(transaction: Transaction, job: string, dueAt: number): Promise<void> {
  await transaction.run(STATEMENTS.writeTurn, [...KEY, job, '', 0, dueAt])
}
