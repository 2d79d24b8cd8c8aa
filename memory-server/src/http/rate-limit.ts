import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { CallerMemoryError } from '../../../src/errors.ts'
import { asPluginStore } from './shared-rate.ts'
import type { CountRequest } from './shared-rate.ts'

const WINDOW_MS = 60_000
// The vendor lets 10 % more through before it blocks.
const GRACE = 1.1

/** Refuses a tenant's requests beyond its limit. */
export type LimitRate = onRequestAsyncHookHandler

/** How requests are limited. */
export interface RateLimitOptions {
  /** Undefined is no limit. */
  readonly perMinute: number | undefined
  readonly tenantOf: (request: FastifyRequest) => string
  /** Counts for all servers on one database, or for this process. */
  readonly count: CountRequest
}

/**
 * Creates the limit of requests for each tenant in a minute. A process that counts for itself begins the minute with
 * the first request, servers that share a count begin it with the clock's. Answers carry `X-RateLimit-Limit` (with
 * the grace), `-Remaining`, `-Reset`.
 */
export async function createRateLimit(
  server: FastifyInstance,
  { perMinute, tenantOf, count }: RateLimitOptions,
): Promise<LimitRate> {
  if (perMinute === undefined) return async () => undefined
  await server.register(rateLimit, {
    global: false,
    max: Math.ceil(perMinute * GRACE),
    timeWindow: WINDOW_MS,
    keyGenerator: tenantOf,
    store: asPluginStore(count),
    errorResponseBuilder: () =>
      new CallerMemoryError(
        'CM_RATE_LIMITED',
        `more than ${perMinute} requests in a minute: wait, then retry`,
      ),
  })
  const limit = server.rateLimit()
  return async function limitRate(request, reply) {
    await limit.call(this, request, reply)
  }
}
