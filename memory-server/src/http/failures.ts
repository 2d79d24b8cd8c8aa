import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorBody } from '../../../src/contract.ts'
import { asCallerMemoryError, CallerMemoryError } from '../../../src/errors.ts'
import type { Log } from '../../../src/log.ts'
import { payloadInvalid } from '../request/body.ts'

/** How large a request's body may be, in bytes. */
export const MAX_BODY_BYTES = 65_536

/** Answers a request that failed, and writes one log line about it: route, status, code and the database's own code, nothing else. */
export type AnswerFailure = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void

/** Creates the one place that turns faults into answers. */
export function createFailureAnswer(log: Log): AnswerFailure {
  return (thrown, request, reply) => {
    const fault = faultOf(thrown)
    const { status, code, facts } = fault
    const { databaseCode } = facts
    const route = request.routeOptions.url ?? 'none'
    log(status >= 500 ? 'error' : 'warn', 'request failed', {
      route,
      status,
      code,
      ...(databaseCode !== undefined && { databaseCode }),
    })
    if (status === 401) reply.header('www-authenticate', 'Bearer')
    reply.code(status).send(bodyOf(fault))
  }
}

/** What Fastify itself refuses has a status and a code of its own; whatever has neither is a defect. */
function faultOf(thrown: unknown): CallerMemoryError {
  if (thrown instanceof CallerMemoryError) return thrown
  const status =
    typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown ? thrown.statusCode : 500
  if (status === 413) {
    return new CallerMemoryError('CM_BODY_TOO_LARGE', `the body is larger than ${MAX_BODY_BYTES} bytes`)
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return payloadInvalid([{ path: [], message: 'The request is not well-formed HTTP' }])
  }
  return asCallerMemoryError(thrown)
}

/** The body of a failure. Of a fault on our side only its kind is told. */
function bodyOf({ status, message, facts }: CallerMemoryError): ErrorBody {
  const error = STATUS_CODES[status] ?? 'Error'
  if (status >= 500) {
    const hint = status === 503 ? 'The memory is unavailable, try again later' : 'The memory server failed'
    return { error, message: hint }
  }
  return { error, message, ...(facts.issues && { details: { issues: facts.issues } }) }
}
