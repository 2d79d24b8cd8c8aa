import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import type { ValidateFunction } from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import { REQUEST_SCHEMAS } from '../../memory-server/src/openapi/request-schemas.ts'
import type { Schema } from '../../memory-server/src/openapi/schema.ts'

/** One operation of the description, with its references followed one step. */
export interface DescribedOperation {
  readonly method: string
  readonly address: string
  readonly operation: Schema
}

/** A request and what came back. */
export interface Exchange {
  readonly method: string
  /** Path with its query string. */
  readonly path: string
  readonly sent?: unknown
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

interface Media {
  readonly schema: Schema
}
interface DescribedAnswer {
  readonly content?: Readonly<Record<string, Media>>
  readonly headers?: Readonly<Record<string, { readonly schema: Schema }>>
}

const DESCRIPTION = join(__dirname, '../../docs/memory-api.openapi.json')

/** The description as the repository holds it; a test of the documents holds it equal to what the server serves. */
export const API: Schema & {
  readonly paths: Record<string, Record<string, Schema>>
  readonly components: {
    readonly schemas: Record<string, Schema>
    readonly responses: Record<string, Schema>
  }
} = JSON.parse(readFileSync(DESCRIPTION, 'utf8')) as never

/** Every operation of the description. */
export const OPERATIONS: readonly DescribedOperation[] = Object.entries(API.paths).flatMap(
  ([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      address,
      operation,
    })),
)

/** The operation that a request is for; undefined when there is none. */
export function operationFor(method: string, path: string): DescribedOperation | undefined {
  const steps = path.replace(/\?.*$/s, '').split('/')
  return OPERATIONS.find(({ method: described, address }) => {
    const parts = address.split('/')
    return (
      described === method &&
      parts.length === steps.length &&
      parts.every((part, index) => part === steps[index] || (part.startsWith('{') && steps[index] !== ''))
    )
  })
}

const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }))
ajv.addSchema(
  { components: { schemas: { ...(strict(API.components.schemas) as object), ...requestSchemas() } } },
  'api',
)
const validators = new Map<string, ValidateFunction>()

/** What is wrong with a value by a schema, in which `$ref`s point into the description; empty when nothing is. */
export function problemsBy(schema: Schema, value: unknown): readonly string[] {
  const key = JSON.stringify(schema)
  const validate = validators.get(key) ?? ajv.compile(absolute(schema) as Schema)
  validators.set(key, validate)
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

/** What is wrong with an answer by the description; empty when nothing is. */
export function problemsOfExchange(exchange: Exchange): readonly string[] {
  const { status, headers, text } = exchange
  const described = operationFor(exchange.method, exchange.path)
  const answer = described && answerOf(described.operation, status)
  // What no route was found for has the envelope of a failure and nothing else.
  const isUnrouted = described === undefined && status >= 400
  if (isUnrouted || isBeforeRoute(exchange)) return problemsBy(ref('ErrorAnswer'), JSON.parse(text))
  if (described === undefined) return [`${exchange.method} ${exchange.path} is described nowhere`]
  if (answer === undefined) return [`the status ${status} is not described`]
  const type = (headers.get('content-type') ?? '').split(';')[0] ?? ''
  const media = answer.content?.[type]
  if (media === undefined) return [`the content type ${type} is not described`]
  return [
    ...(type === 'application/json' ? problemsBy(media.schema, JSON.parse(text)) : []),
    ...headerProblems(answer, headers),
    ...requestProblems(described.operation, exchange),
  ]
}

/** What is too slow, has too large headers or cannot be read is refused before it is known for which route it is. */
function isBeforeRoute({ status, text }: Exchange): boolean {
  return status === 408 || status === 431 || (status === 400 && text.includes('not well-formed HTTP'))
}

function answerOf(operation: Schema, status: number): DescribedAnswer | undefined {
  const answer = (operation['responses'] as Record<string, Schema>)[status]
  const target = answer?.['$ref']
  if (typeof target !== 'string') return answer
  return API.components.responses[target.replace('#/components/responses/', '')]
}

function headerProblems(answer: DescribedAnswer, headers: Headers): readonly string[] {
  return Object.entries(answer.headers ?? {}).flatMap(([name, { schema }]) => {
    const value = headers.get(name)
    if (value === null) return []
    const given = schema['type'] === 'integer' ? Number(value) : value
    return problemsBy(schema, given).map((problem) => `header ${name}: ${problem}`)
  })
}

/** A request that was answered is one that the description allows; null stands for what is left out. */
function requestProblems(operation: Schema, { status, sent }: Exchange): readonly string[] {
  const body = operation['requestBody'] as { content: Record<string, Media> } | undefined
  if (status !== 200 || body === undefined || sent === undefined) return []
  const schema = body.content['application/json']?.schema ?? {}
  return problemsBy(schema, withoutShadowed(withoutNulls(sent))).map((problem) => `the request: ${problem}`)
}

const HINTS = new Set(['ani', 'dnis', 'external_ids', 'customer_ref'])

/** What `identity_hints` holds wins, and the same at the top level is not even looked at. */
function withoutShadowed(sent: unknown): unknown {
  if (typeof sent !== 'object' || sent === null) return sent
  const { identity_hints: hints = {} } = sent as { readonly identity_hints?: object }
  return Object.fromEntries(
    Object.entries(sent).filter(([name]) => !HINTS.has(name) || !Object.hasOwn(hints, name)),
  )
}

/** Fields stand at three depths at most; variables keep their nulls, which forget. */
function withoutNulls(value: unknown, depth = 3): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const kept = Object.entries(value).filter(([, each]) => each !== null)
  return Object.fromEntries(
    kept.map(([name, each]) => [name, withoutNulls(each, name === 'variables' ? 0 : depth - 1)]),
  )
}

function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** References into the description, from anywhere. */
function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? value.replace(/^#/, 'api#') : absolute(value),
    ]),
  )
}

/** What requests hold stays open: unknown fields are ignored. */
function requestSchemas(): Schema {
  return Object.fromEntries(Object.keys(REQUEST_SCHEMAS).map((name) => [name, API.components.schemas[name]]))
}

/** The same schemas, but an answer may hold no field that is not described. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const fields = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]))
  const isClosed =
    fields['type'] === 'object' && 'properties' in fields && !('additionalProperties' in fields)
  return isClosed ? { ...fields, additionalProperties: false } : fields
}
