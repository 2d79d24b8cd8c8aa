import type { FastifyInstance } from 'fastify'
import type { Operations } from '../operations/operations.ts'
import { parseEventsQuery } from '../request/events-query.ts'
import { sendJson } from './answer.ts'
import type { Guard } from './guard.ts'

/** Adds the change feed. */
export function addFeedRoutes(
  server: FastifyInstance,
  { perform }: Operations,
  { allow, behalfOf }: Guard,
): void {
  server.get('/v1/events', allow('read'), async (request, reply) =>
    sendJson(reply, await perform('readEvents', behalfOf(request), parseEventsQuery(request.query))),
  )
}
