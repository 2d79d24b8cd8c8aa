import { CallerMemoryError } from '../../../src/errors.ts'
import type { CallKey } from '../store/calls.ts'
import type { Scope } from '../store/scope.ts'
import { countUse, findUsage } from '../store/usage.ts'
import type { Memory } from './memory.ts'

/** Answer of `GET /v1/usage`. */
export interface UsageAnswer {
  /** The month in UTC, written `2026-11`. */
  readonly month: string
  readonly starts: number
  readonly ends: number
  /** Starts and ends together. */
  readonly used: number
  /** How many are allowed; null without a quota. */
  readonly quota: number | null
  readonly remaining: number | null
  /** When the next month begins. */
  readonly resets_at: string
}

/**
 * Counts a request against the quota, inside its own transaction: a request that fails counts nothing.
 *
 * With a quota all counting happens in one row, which makes requests wait for each other there and the count exact.
 * Without one it is spread over the buckets, so that nobody waits.
 *
 * @throws CM_QUOTA_USED_UP when the quota of the month is used up.
 */
export async function useQuota(memory: Memory, scope: Scope, key: CallKey, at: Date): Promise<void> {
  const month = monthOf(at)
  const { monthlyQuota } = memory
  await countUse(scope, key.stage, monthlyQuota === undefined ? key.bucket : 0, month)
  if (monthlyQuota === undefined) return
  const { starts, ends } = await findUsage(scope.transaction, scope.tenant, month)
  if (starts + ends > monthlyQuota) {
    throw new CallerMemoryError('CM_QUOTA_USED_UP', 'the quota of this month is used up')
  }
}

/** Tells what the tenant has used in this month. */
export async function readUsage({ database, tenant, clock, monthlyQuota }: Memory): Promise<UsageAnswer> {
  const at = clock()
  const month = monthOf(at)
  const { starts, ends } = await findUsage(database, tenant, month)
  const used = starts + ends
  return {
    month,
    starts,
    ends,
    used,
    quota: monthlyQuota ?? null,
    remaining: monthlyQuota === undefined ? null : Math.max(0, monthlyQuota - used),
    resets_at: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1)).toISOString(),
  }
}

function monthOf(at: Date): string {
  return at.toISOString().slice(0, 7)
}
