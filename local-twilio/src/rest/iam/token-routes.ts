import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../../../src/clock.ts'
import { isoSeconds } from '../iso-seconds.ts'
import { notFound, sendRefusal } from '../twilio-error.ts'
import { newSid } from '../../sid.ts'

/** Serves the check of Flex tokens, and `POST /_local/flex-tokens`, by which a test signs an agent in. */
export function serveFlexTokens(app: FastifyInstance, accountSid: string, clock: Clock): void {
  const tokens = new Map<string, FlexUser>()
  app.post<{ Params: { account: string } }>('/iam/v1/Accounts/:account/Tokens/validate', (request, reply) => {
    if (request.params.account !== accountSid) return sendRefusal(reply, notFound())
    const { token } = fieldsOf(request.body)
    if (typeof token !== 'string' || token === '') {
      return sendRefusal(reply, { status: 400, code: 20001, message: 'Missing token' })
    }
    return reply.send(verdictOn(tokens.get(token), clock()))
  })
  app.post('/_local/flex-tokens', (request, reply) => {
    const { worker_sid: workerSid, roles, ttl_seconds: ttl = 3_600 } = fieldsOf(request.body)
    const isUser = typeof workerSid === 'string' && Array.isArray(roles) && typeof ttl === 'number'
    if (!isUser) {
      const message = 'expected worker_sid, a list of roles and, if at all, ttl_seconds as a number'
      return sendRefusal(reply, { status: 400, code: 20001, message })
    }
    const token = `local-flex-${newSid('').repeat(2)}`
    const endsAt = new Date(clock().getTime() + ttl * 1000)
    tokens.set(token, { workerSid, roles: roles.map(String), endsAt })
    return reply.code(201).send({ token })
  })
}

interface FlexUser {
  readonly workerSid: string
  readonly roles: readonly string[]
  readonly endsAt: Date
}

// TWILIO: a token that is not good is answered 200 as well (observed 2026-11); the texts are ours.
function verdictOn(user: FlexUser | undefined, now: Date): object {
  if (!user) return { valid: false, code: 0, message: 'Token is not valid' }
  if (user.endsAt <= now) return { valid: false, code: 0, message: 'Token has expired' }
  const { workerSid, roles, endsAt } = user
  return {
    valid: true,
    code: 0,
    message: null,
    worker_sid: workerSid,
    roles,
    identity: `agent_${workerSid.slice(-4)}`,
    expiration: isoSeconds(endsAt),
  }
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
}
