import { numberOf } from './database.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** What a server may let through of a tenant's rate without asking again. */
export interface RateLease {
  /** When the minute began for which it is good, epoch milliseconds. */
  readonly windowStart: number
  /** How many requests; 0 when the tenant's rate is used up. */
  readonly granted: number
  /** How many were given out in this window, to all servers together. */
  readonly taken: number
}

// Of what is left a server takes an eighth, so that little lies unused on one server while another needs it.
const SHARE = 8
// One row for each tenant. It is written a few dozen times a minute at most, so it needs no spreading.
const BUCKET = 0

/**
 * Takes a part of what a tenant may still send in a window. All servers together never take more than `max`. When
 * the clock of another server is up to two minutes ahead, its window is used; further ahead is a clock that was wrong.
 */
export async function leaseRate(
  { transaction, tenant }: Scope,
  windowStart: number,
  max: number,
): Promise<RateLease> {
  await transaction.run(STATEMENTS.claimRateWindow, [tenant, BUCKET, windowStart])
  const [row = {}] = await transaction.read(STATEMENTS.findRateWindow, [tenant, BUCKET])
  const taken = numberOf(row, 'taken')
  const granted = Math.ceil(Math.max(0, max - taken) / SHARE)
  if (granted > 0) await transaction.run(STATEMENTS.takeOfRateWindow, [tenant, BUCKET, taken + granted])
  return { windowStart: numberOf(row, 'window_start'), granted, taken: taken + granted }
}
