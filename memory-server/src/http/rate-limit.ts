import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { CallerMemoryError } from '../../../src/errors.ts'

const WINDOW_MS = 60_000
// The vendor lets 10 % more through before it blocks.
const GRACE = 1.1

/** Refuses a tenant's requests beyond its limit. */
export type LimitRate = onRequestAsyncHookHandler

/**
 * Creates the limit of requests for each tenant in a minute, which begins with the first of them. The count is this
 * process's own. Undefined is no limit. Answers carry `X-RateLimit-Limit` (with the grace), `-Remaining`, `-Reset`.
 */
export async function createRateLimit(
  server: FastifyInstance,
  perMinute: number | undefined,
  tenantOf: (request: FastifyRequest) => string,
): Promise<LimitRate> {
  if (perMinute === undefined) return async () => undefined
  await server.register(rateLimit, {
    global: false,
    max: Math.ceil(perMinute * GRACE),
    timeWindow: WINDOW_MS,
    keyGenerator: tenantOf,
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
