import type { FastifyInstance } from 'fastify'
import {
  SERVICE_FAULTS,
  type ServiceFault,
  type ServiceFaults,
  type ServiceName,
  SERVICES,
} from '../faults/service-faults.ts'
import { FAULTS, isFaultName } from '../faults/fault-names.ts'
import type { FaultRegistry } from '../faults/registry.ts'
import { sendRefusal, type Refusal } from './twilio-error.ts'

/**
 * Serves `POST /_local/faults`, by which a test or a person lets the memory fail for one call:
 * `{ "call_sid": "CA...", "fault": "memory-slow" }`, until the same with `none`, or a product of Twilio for every call:
 * `{ "service": "sync", "fault": "503", "count": 3 }`. No such path exists at Twilio.
 */
export function serveLocalFaults(
  app: FastifyInstance,
  registry: FaultRegistry,
  services: ServiceFaults,
): void {
  app.post('/_local/faults', (request, reply) => {
    const { call_sid: callSid, fault, service, count } = fieldsOf(request.body)
    if (service !== undefined) {
      const refusal = setServiceFault(services, service, fault, count)
      return refusal ? sendRefusal(reply, refusal) : reply.code(204).send()
    }
    if (typeof callSid !== 'string' || callSid === '' || callSid.length > 128) {
      return sendRefusal(reply, refuse('call_sid: expected a text of 1 to 128 characters'))
    }
    if (fault === 'none') {
      registry.end(callSid)
      return reply.code(204).send()
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

function setServiceFault(
  services: ServiceFaults,
  service: unknown,
  fault: unknown,
  count: unknown,
): Refusal | undefined {
  const isService = SERVICES.some((name) => name === service)
  if (!isService) return refuse(`service: expected one of ${SERVICES.join(', ')}`)
  if (!SERVICE_FAULTS.some((name) => name === fault)) {
    return refuse(`fault: expected one of ${SERVICE_FAULTS.join(', ')}`)
  }
  const isCount = count === undefined || (Number.isSafeInteger(count) && Number(count) > 0)
  if (!isCount) return refuse('count: expected a whole number above 0')
  services.set(service as ServiceName, fault as ServiceFault, count as number | undefined)
  return undefined
}

function fieldsOf(body: unknown): Readonly<Record<'call_sid' | 'fault' | 'service' | 'count', unknown>> {
  return typeof body === 'object' && body !== null
    ? (body as ReturnType<typeof fieldsOf>)
    : ({} as ReturnType<typeof fieldsOf>)
}
