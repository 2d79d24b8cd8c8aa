import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyRequest,
  onRequestAsyncHookHandler,
} from 'fastify'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { KeyScope } from '../keys/api-key.ts'
import type { Behalf } from '../operations/operations.ts'
import type { Authenticate, Principal } from './api-keys.ts'
import { createRateLimit } from './rate-limit.ts'
import type { CountRequest } from './shared-rate.ts'

/** What stands in front of the routes. */
export interface Guard {
  /** Options of a route for which a key needs the scope. Without a good key a request is refused unread. */
  readonly allow: (scope: KeyScope) => GuardedRoute
  /** On whose behalf a request that was let in is done. */
  readonly behalfOf: (request: FastifyRequest) => Behalf
}

/** Options of a route that is guarded. Its description reads the scope. */
export interface GuardedRoute {
  readonly onRequest: onRequestAsyncHookHandler[]
  readonly config: FastifyContextConfig & { readonly scope: KeyScope }
}

/** What the guard needs. */
export interface GuardOptions {
  readonly authenticate: Authenticate
  readonly rateLimitPerMinute: number | undefined
  /** Counts requests, for all servers on one database or for this one. */
  readonly count: CountRequest
}

/** Creates the guard: first the key, then its scope, then the rate of its tenant. */
export async function createGuard(
  server: FastifyInstance,
  { authenticate, rateLimitPerMinute, count }: GuardOptions,
): Promise<Guard> {
  const letIn = new WeakMap<FastifyRequest, Principal>()
  const behalfOf = (request: FastifyRequest): Behalf => {
    const principal = letIn.get(request)
    if (!principal) throw new CallerMemoryError('CM_BUG', 'a route has no guard')
    return { tenant: principal.tenant, actor: principal.actor }
  }
  const limitRate = await createRateLimit(server, {
    perMinute: rateLimitPerMinute,
    tenantOf: (request) => behalfOf(request).tenant,
    count,
  })
  const check = (scope: KeyScope): onRequestAsyncHookHandler => {
    return async (request) => {
      const principal = await authenticate(request.headers.authorization)
      if (!principal) {
        throw new CallerMemoryError('CM_KEY_INVALID', 'the API key is missing, malformed, unknown or revoked')
      }
      if (!principal.scopes.includes(scope)) {
        throw new CallerMemoryError('CM_SCOPE_MISSING', `the API key lacks the scope ${scope}`)
      }
      letIn.set(request, principal)
    }
  }
  return { allow: (scope) => ({ onRequest: [check(scope), limitRate], config: { scope } }), behalfOf }
}
