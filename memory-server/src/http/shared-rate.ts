import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import type { Clock } from '../../../src/clock.ts'
import { valueOf } from '../operations/operations.ts'
import type { Operations } from '../operations/operations.ts'
import type { RateLease } from '../store/rate-windows.ts'

/** How much of a tenant's rate this server may still let through. */
interface Allowance {
  readonly lease: RateLease
  left: number
}

/** Where a request stands in its tenant's minute. */
export interface Standing {
  /** Requests of the minute so far, as far as this server knows; above the limit when this one is too many. */
  readonly current: number
  /** Milliseconds until the next minute. */
  readonly ttl: number
}

/** Counts one request of a tenant. */
export type CountRequest = (tenant: string, max: number) => Promise<Standing>

/** Length of the window in which requests are counted. It begins with the minute of the clock. */
export const SHARED_WINDOW_MS = 60_000
const MOST_TENANTS = 10_000

/**
 * Creates a count that all servers on one database share. A server takes a part of what is left from the database
 * and lets requests through out of it, so that few of them wait for that. Together the servers never let more
 * through than the limit; what one of them has taken and does not need is lost for the others until the next minute.
 */
export function createSharedRate({ perform }: Pick<Operations, 'perform'>, clock: Clock): CountRequest {
  const allowances = new Map<string, Allowance>()
  const asking = new Map<string, Promise<void>>()

  const ask = async (tenant: string, max: number, windowStart: number): Promise<void> => {
    const behalf = { tenant, actor: 'server' }
    const lease = valueOf(await perform('leaseRate', behalf, { windowStart, max }))
    if (allowances.size >= MOST_TENANTS) allowances.clear()
    allowances.set(tenant, { lease, left: lease.granted })
  }
  const askOnce = (tenant: string, max: number, windowStart: number): Promise<void> => {
    const underway =
      asking.get(tenant) ?? ask(tenant, max, windowStart).finally(() => void asking.delete(tenant))
    asking.set(tenant, underway)
    return underway
  }
  return async (tenant, max) => {
    for (;;) {
      const now = clock().getTime()
      const windowStart = now - (now % SHARED_WINDOW_MS)
      const allowance = allowances.get(tenant)
      if (!allowance || !isCurrent(allowance.lease, windowStart)) {
        await askOnce(tenant, max, windowStart)
        continue
      }
      const { lease } = allowance
      const ttl = lease.windowStart + SHARED_WINDOW_MS - now
      if (lease.granted === 0) return { current: max + 1, ttl }
      if (allowance.left > 0) {
        allowance.left -= 1
        return { current: lease.taken - allowance.left, ttl }
      }
      await askOnce(tenant, max, windowStart)
    }
  }
}

// A clock that was further ahead was wrong, and nobody is to wait until it is right.
const MOST_AHEAD_MS = 2 * SHARED_WINDOW_MS

function isCurrent(lease: RateLease, windowStart: number): boolean {
  return lease.windowStart >= windowStart && lease.windowStart <= windowStart + MOST_AHEAD_MS
}

/** Creates a count of this process alone. A tenant's minute begins with its first request. */
export function createOwnRate(clock: Clock): CountRequest {
  const windows = new Map<string, { readonly start: number; current: number }>()
  return async (tenant) => {
    const now = clock().getTime()
    const known = windows.get(tenant)
    const isOver = !known || now < known.start || now >= known.start + SHARED_WINDOW_MS
    if (isOver && windows.size >= MOST_TENANTS) windows.clear()
    const window = isOver ? { start: now, current: 0 } : known
    windows.set(tenant, window)
    window.current += 1
    return { current: window.current, ttl: window.start + SHARED_WINDOW_MS - now }
  }
}

/** The count as a store of the rate limit plugin, which makes its store with `new`. */
export function asPluginStore(count: CountRequest): FastifyRateLimitStoreCtor {
  const store: FastifyRateLimitStore = {
    incr: (tenant, callback, _window, max) => {
      count(tenant, max ?? 0).then(
        (standing) => callback(null, standing),
        (error: unknown) => callback(error as Error),
      )
    },
    child: () => store,
  }
  return function makeStore() {
    return store
  } as unknown as FastifyRateLimitStoreCtor
}
