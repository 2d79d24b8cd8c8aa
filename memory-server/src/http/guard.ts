import type { FastifyRequest } from 'fastify'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { KeyScope } from '../keys/api-key.ts'
import type { Authenticate, Principal } from './api-keys.ts'

/** What stands in front of the routes. */
export interface Guard {
  /** Options of a route for which a key needs the scope. Without a good key a request is refused unread. */
  readonly allow: (scope: KeyScope) => { readonly onRequest: (request: FastifyRequest) => Promise<void> }
  /** The tenant of a request that was let in. */
  readonly tenantOf: (request: FastifyRequest) => string
}

/** Creates the guard. */
export function createGuard(authenticate: Authenticate): Guard {
  const letIn = new WeakMap<FastifyRequest, Principal>()
  return {
    allow: (scope) => ({
      onRequest: async (request) => {
        const principal = await authenticate(request.headers.authorization)
        if (!principal) {
          throw new CallerMemoryError(
            'CM_KEY_INVALID',
            'the API key is missing, malformed, unknown or revoked',
          )
        }
        if (!principal.scopes.includes(scope)) {
          throw new CallerMemoryError('CM_SCOPE_MISSING', `the API key lacks the scope ${scope}`)
        }
        letIn.set(request, principal)
      },
    }),
    tenantOf: (request) => {
      const principal = letIn.get(request)
      if (!principal) throw new CallerMemoryError('CM_BUG', 'a route has no guard')
      return principal.tenant
    },
  }
}
