import type { FastifyReply } from 'fastify'
import type { Json } from '../operations/operations.ts'

/** Sends what an operation answered as it is. */
export function sendJson(reply: FastifyReply, answer: Json<unknown>): FastifyReply {
  return reply.header('content-type', 'application/json; charset=utf-8').send(answer)
}
