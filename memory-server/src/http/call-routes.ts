import type { FastifyInstance } from 'fastify'
import type { Operations } from '../operations/operations.ts'
import { parseJson } from '../request/body.ts'
import { parseCorrectRequest } from '../request/correct-request.ts'
import { parseEndRequest } from '../request/end-request.ts'
import { parseStartRequest } from '../request/start-request.ts'
import { sendJson } from './answer.ts'
import type { Guard } from './guard.ts'
import type { Metrics } from './metrics.ts'

/** Adds the routes of one call's life, and what they use up. */
export function addCallRoutes(
  server: FastifyInstance,
  { perform }: Operations,
  metrics: Metrics,
  { allow, behalfOf }: Guard,
): void {
  server.post('/v1/calls/start', allow('calls'), async (request, reply) => {
    const answer = await perform('startCall', behalfOf(request), parseStartRequest(parseJson(request.body)))
    metrics.countMatch(answer)
    return sendJson(reply, answer)
  })
  server.post('/v1/calls/end', allow('calls'), async (request, reply) =>
    sendJson(reply, await perform('endCall', behalfOf(request), parseEndRequest(parseJson(request.body)))),
  )
  server.post('/v1/calls/:call_id/correct', allow('calls'), async (request, reply) => {
    const correction = parseCorrectRequest(request.params, parseJson(request.body))
    return sendJson(reply, await perform('correctCall', behalfOf(request), correction))
  })
  server.get('/v1/usage', allow('read'), async (request, reply) =>
    sendJson(reply, await perform('readUsage', behalfOf(request), null)),
  )
}
