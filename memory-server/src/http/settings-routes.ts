import type { FastifyInstance } from 'fastify'
import type { Operations } from '../operations/operations.ts'
import { parseJson } from '../request/body.ts'
import { parseSettingsChange } from '../tenants/change-settings.ts'
import { sendJson } from './answer.ts'
import type { Guard } from './guard.ts'

/** Adds the routes by which a tenant reads and changes its own settings. */
export function addSettingsRoutes(
  server: FastifyInstance,
  { perform }: Operations,
  { allow, behalfOf }: Guard,
): void {
  server.get('/v1/settings', allow('admin'), async (request, reply) =>
    sendJson(reply, await perform('readSettings', behalfOf(request), null)),
  )
  server.patch('/v1/settings', allow('admin'), async (request, reply) => {
    const change = parseSettingsChange(parseJson(request.body))
    return sendJson(reply, await perform('changeSettings', behalfOf(request), change))
  })
}
