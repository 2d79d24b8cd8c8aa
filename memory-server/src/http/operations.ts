import type { FastifyInstance } from 'fastify'
import { within } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { OWN_BEHALF } from '../operations/operations.ts'
import type { Operations } from '../operations/operations.ts'
import type { Guard } from './guard.ts'
import type { Metrics } from './metrics.ts'

const READY_WITHIN_MS = 2000

/** Adds the routes for those who run the server: alive, ready, and the measures, which need the scope `admin`. */
export function addOperationsRoutes(
  server: FastifyInstance,
  { perform }: Operations,
  metrics: Metrics,
  { allow }: Guard,
): void {
  server.get('/healthz', async () => ({ status: 'ok' }))
  server.get('/readyz', async () => {
    await within(READY_WITHIN_MS, perform('checkReady', OWN_BEHALF, null), () => {
      throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the database does not answer in time')
    })
    return { status: 'ready' }
  })
  server.get('/metrics', allow('admin'), async (_request, reply) => {
    reply.header('content-type', metrics.contentType)
    return metrics.text()
  })
}
