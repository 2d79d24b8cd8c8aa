import { STATUS_CODES } from 'node:http'
import { ANSWER_EXAMPLES, CUSTOMER_REF, REQUEST_EXAMPLES } from './examples.ts'
import { ref } from './schema.ts'
import type { Schema } from './schema.ts'

/** One operation of the API, as OpenAPI writes it. */
export type Operation = Readonly<Record<string, unknown>>

/** What is told of a route beyond its method, its address and the scope that it needs. */
export interface RouteDescription {
  readonly id: string
  readonly tag: 'calls' | 'customers' | 'usage' | 'operations'
  readonly summary: string
  readonly more?: string
  readonly parameters?: readonly Parameter[]
  /** Name of the body's schema. */
  readonly request?: string
  /** Name of the answer's schema, or the answer itself where it is no JSON. */
  readonly answer: string | Schema
  readonly answerHeaders?: Readonly<Record<string, Schema>>
  /** Statuses of failures beside those that every route with a key has. */
  readonly failures?: readonly number[]
}

/** A parameter in the address. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly description: string
  readonly schema: Schema
  readonly example?: string
}

/** The parameter that names a customer. */
export const CUSTOMER_PARAMETER: Parameter = {
  name: 'customer_ref',
  in: 'path',
  required: true,
  description: 'The customer. Case makes no difference.',
  schema: { type: 'string', minLength: 1 },
  example: CUSTOMER_REF,
}

const FAILURES: Readonly<Record<number, string>> = {
  400: 'The request breaks a rule; every problem is listed.',
  401: 'The key is missing, malformed, unknown or revoked.',
  402: "The tenant's quota of the month is used up.",
  403: 'The key lacks the scope that the route needs.',
  404: 'There is no such customer, call or correction.',
  409: 'It contradicts what was stored before.',
  410: 'The customer, or the one of the call, was forgotten.',
  413: 'The body is too large.',
  429: 'The tenant sends too many requests.',
  500: 'A defect of the server.',
  503: 'The database cannot be used now: try again later.',
}

const KEYED_FAILURES = [401, 403, 429, 500, 503]

const RATE_HEADERS: Readonly<Record<string, Schema>> = {
  'X-RateLimit-Limit': header('Requests in a minute, the grace included; absent without a limit.'),
  'X-RateLimit-Remaining': header('How many are left.'),
  'X-RateLimit-Reset': header('Seconds until the minute is over.'),
}

/** Writes a route as OpenAPI does. `needsKey` says whether it is for those with a key. */
export function operationOf(route: RouteDescription, needsKey: boolean): Operation {
  const { id, tag, summary, more, parameters, request, answer } = route
  const failures = new Set([...(needsKey ? KEYED_FAILURES : []), ...(route.failures ?? [])])
  const statuses = [...failures].toSorted((a, b) => a - b)
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(more !== undefined && { description: more }),
    ...(parameters && { parameters }),
    ...(request !== undefined && { requestBody: bodyOf(request) }),
    responses: {
      200: {
        description: 'Done.',
        headers: { ...(needsKey && RATE_HEADERS), ...route.answerHeaders },
        content: contentOf(answer),
      },
      ...Object.fromEntries(statuses.map((status) => [status, failureOf(status)])),
    },
  }
}

/** What every route may fail with, for the description's shared part. */
export const SHARED_RESPONSES: Schema = Object.fromEntries(
  Object.entries(FAILURES).map(([status, description]) => [
    nameOf(Number(status)),
    {
      description,
      ...headersOf(Number(status)),
      content: { 'application/json': { schema: ref('ErrorAnswer'), example: errorExample(Number(status)) } },
    },
  ]),
)

/** Writes the header of an answer that holds a number. */
export function header(description: string, schema: Schema = { type: 'integer' }): Schema {
  return { description, schema }
}

function failureOf(status: number): Schema {
  return { $ref: `#/components/responses/${nameOf(status)}` }
}

function nameOf(status: number): string {
  return (STATUS_CODES[status] ?? String(status)).replaceAll(' ', '')
}

function headersOf(status: number): Schema {
  if (status === 401) {
    return { headers: { 'WWW-Authenticate': header('What to send.', { const: 'Bearer' }) } }
  }
  return status === 429 ? { headers: { ...RATE_HEADERS, 'Retry-After': header('Seconds to wait.') } } : {}
}

function errorExample(status: number): object {
  const error = STATUS_CODES[status]
  if (status === 400) {
    const issue = { path: ['call_id'], message: "Required field 'call_id' is missing" }
    return { error, message: 'Validation failed', details: { issues: [issue] } }
  }
  return { error, message: FAILURES[status] }
}

function bodyOf(name: string): Schema {
  const content = { schema: ref(name), example: REQUEST_EXAMPLES[name] }
  return {
    required: true,
    description: 'JSON, whatever the content type says.',
    content: { 'application/json': content },
  }
}

function contentOf(answer: string | Schema): Schema {
  if (typeof answer !== 'string') return answer
  return { 'application/json': { schema: ref(answer), example: ANSWER_EXAMPLES[answer] } }
}
