import type { FastifyInstance } from 'fastify'
import { describeApi } from '../openapi/document.ts'
import type { DescribedRoute } from '../openapi/document.ts'

/** Where the description of the API is served. */
export const DOCS_PREFIX = '/docs'

// Everything comes from this server; the page of Swagger UI styles itself inline and holds its pictures as data.
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * Serves the description of every route that is added later: as a page under `/docs`, as OpenAPI 3.1 under
 * `/docs/json`. It holds nothing of a tenant, so no key is needed.
 *
 * Routes carry no schema of their own: requests are checked by hand, and a schema would have Fastify check and
 * rewrite them a second time.
 */
export async function addDocs(server: FastifyInstance): Promise<void> {
  // Loaded here, so that a server without the page does not pay for it.
  const { default: swagger } = await import('@fastify/swagger')
  const { default: swaggerUi } = await import('@fastify/swagger-ui')
  const routes: DescribedRoute[] = []
  await server.register(swagger, {
    openapi: { openapi: '3.1.0' },
    transform: ({ schema, url, route }) => {
      if (schema?.hide !== true && !url.startsWith(DOCS_PREFIX)) {
        const { scope } = (route.config ?? {}) as { readonly scope?: string }
        const address = url.replaceAll(/:(\w+)/g, '{$1}')
        for (const method of [route.method].flat()) routes.push({ method, address, scope })
      }
      return { schema, url }
    },
    transformObject: () => describeApi(routes),
  })
  await server.register(swaggerUi, {
    routePrefix: DOCS_PREFIX,
    staticCSP: CONTENT_SECURITY_POLICY,
    theme: { title: 'Caller memory' },
    uiConfig: { deepLinking: true },
  })
}
