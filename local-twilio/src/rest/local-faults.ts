import type { FastifyInstance } from 'fastify'
import { FAULTS, isFaultName } from '../faults/fault-names.ts'
import type { FaultRegistry } from '../faults/registry.ts'
import { sendRefusal, type Refusal } from './twilio-error.ts'

/**
 * Serves `POST /_local/faults`, by which a test or a person lets the memory fail for one call:
 * `{ "call_sid": "CA...", "fault": "memory-slow" }`. No such path exists at Twilio.
 */
export function serveLocalFaults(app: FastifyInstance, registry: FaultRegistry): void {
  app.post('/_local/faults', (request, reply) => {
    const { call_sid: callSid, fault } = fieldsOf(request.body)
    if (typeof callSid !== 'string' || callSid === '' || callSid.length > 128) {
      return sendRefusal(reply, refuse('call_sid: expected a text of 1 to 128 characters'))
    }
    if (typeof fault !== 'string' || !isFaultName(fault)) {
      return sendRefusal(reply, refuse(`fault: expected one of ${FAULTS.map(({ name }) => name).join(', ')}`))
    }
    registry.register(callSid, fault)
    return reply.code(204).send()
  })
}

function refuse(message: string): Refusal {
  return { status: 400, code: 20001, message }
}

function fieldsOf(body: unknown): { readonly call_sid?: unknown; readonly fault?: unknown } {
  return typeof body === 'object' && body !== null ? body : {}
}
