import { ANSWER_SCHEMAS } from './answer-schemas.ts'
import { operationOf, SHARED_RESPONSES } from './operation.ts'
import type { RouteDescription } from './operation.ts'
import { REQUEST_SCHEMAS } from './request-schemas.ts'
import { ROUTE_DESCRIPTIONS } from './routes.ts'
import type { Schema } from './schema.ts'

/** A description by the rules of OpenAPI 3.1. */
export type ApiDocument = Schema & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>
}

/** A route of the server: its method in capitals, its address with `{names}`, and the scope that it needs. */
export interface DescribedRoute {
  readonly method: string
  readonly address: string
  /** Undefined for a route that needs no key. */
  readonly scope: string | undefined
}

/** The version of the API. It rises when a client would notice. */
const API_VERSION = '1.0.0'

const TAGS = [
  { name: 'calls', description: 'The life of one call.' },
  { name: 'customers', description: 'What is held about one customer.' },
  { name: 'usage', description: 'What a tenant has used, and its settings.' },
  { name: 'operations', description: 'For those who run the server.' },
]

/** Describes the API of a server that has these routes. One without a description stands there bare. */
export function describeApi(routes: readonly DescribedRoute[]): ApiDocument {
  const paths: Record<string, Record<string, Schema>> = {}
  for (const { method, address, scope } of routes) {
    const description: RouteDescription | undefined = ROUTE_DESCRIPTIONS[`${method} ${address}`]
    const security = scope === undefined ? [] : [{ apiKey: [scope] }]
    paths[address] = {
      ...paths[address],
      [method.toLowerCase()]: {
        ...(description ? operationOf(description, scope !== undefined) : { responses: {} }),
        security,
      },
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Caller memory',
      version: API_VERSION,
      description: 'Who is calling, how sure that is, and what happened last time.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths,
    components: {
      schemas: { ...REQUEST_SCHEMAS, ...ANSWER_SCHEMAS },
      responses: SHARED_RESPONSES,
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of the server. It must have the scope that the route names.',
        },
      },
    },
  }
}
