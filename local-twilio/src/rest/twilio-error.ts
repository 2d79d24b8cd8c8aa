import type { FastifyReply } from 'fastify'

/** Body of every answer of Twilio's REST API that is not 2xx. */
export interface TwilioErrorBody {
  /** Twilio's error code, for example 20404. */
  readonly code: number
  readonly message: string
  /** Where Twilio explains the code. */
  readonly more_info: string
  /** The HTTP status, repeated. */
  readonly status: number
}

/** Why a request is refused: an ordinary outcome of a store or a check. */
export interface Refusal {
  readonly status: number
  readonly code: number
  readonly message: string
}

/** Answers with Twilio's error shape. */
export function sendRefusal(reply: FastifyReply, { status, code, message }: Refusal): FastifyReply {
  const body: TwilioErrorBody = {
    code,
    message,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  }
  return reply.code(status).send(body)
}

/** The refusal of a path that nothing is found at. Takes no part of the path: it may hold a person's key. */
export function notFound(): Refusal {
  return { status: 404, code: 20404, message: 'The requested resource was not found' }
}
