import fc from 'fast-check'
import type { Arbitrary } from 'fast-check'
import type { Schema } from '../../../memory-server/src/openapi/schema.ts'
import { OPERATIONS } from '../described.ts'
import type { DescribedOperation } from '../described.ts'
import { valuesOf } from './from-schema.ts'
import { addressParts, garbled, queries, spoiled } from './spoil.ts'

/** One request, as the bytes that are sent. */
export interface HostileRequest {
  /** What is wrong with it: `valid` when nothing is. */
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly bytes: Buffer
  /** The body as a value, where it is JSON. */
  readonly sent: unknown
  /** Whether it ends before it says that it does. */
  readonly isCutOff: boolean
}

/** What requests are made with. */
export interface Material {
  readonly apiKey: string
  /** Keys that are refused, or that lack a scope. */
  readonly otherKeys: readonly string[]
}

interface Parts {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  readonly body: Buffer | undefined
}

/** Requests for every described operation: valid ones, nearly valid ones, and what nobody should send. */
export function hostileRequests(material: Material): Arbitrary<HostileRequest> {
  const key = `authorization: Bearer ${material.apiKey}`
  const valid = fc.oneof(...OPERATIONS.map((operation) => validParts(operation, key)))
  return fc
    .oneof(
      { weight: 3, arbitrary: valid },
      { weight: 8, arbitrary: valid.chain(withBadBody) },
      { weight: 2, arbitrary: valid.chain(withBadAddress) },
      { weight: 2, arbitrary: valid.chain((parts) => withBadHeaders(parts, material)) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(valid, METHODS)
          .map(([parts, method]) => changed(parts, { kind: 'method', method })),
      },
    )
    .chain((parts) => framed(parts))
}

function changed(parts: Parts, changes: Partial<Parts>): Parts {
  return { ...parts, ...changes }
}

const METHODS = fc.constantFrom(
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'FOO',
)

function validParts({ method, address, operation }: DescribedOperation, key: string): Arbitrary<Parts> {
  const body = operation['requestBody'] as { content: Record<string, { schema: Schema }> } | undefined
  const schema = body?.content['application/json']?.schema
  const bodies = schema
    ? valuesOf(schema).map((value) => Buffer.from(JSON.stringify(withDistinctIntents(value))))
    : fc.constant(undefined)
  const refs = fc.oneof(fc.uuid(), fc.constant('CA00000000000000000000000000000001'))
  return fc.tuple(refs, bodies).map(([id, made]) => ({
    kind: 'valid',
    method,
    path: address.replace(/\{\w+\}/, id),
    headers: ['content-type: application/json', key],
    body: made,
  }))
}

/** One label with two statuses is refused, which no schema can say. */
function withDistinctIntents(value: unknown): unknown {
  const { intent, intents, ...rest } = value as {
    readonly intent?: string
    readonly intents?: readonly object[]
  }
  if (intents === undefined) return value
  return { ...rest, intents: intents.slice(0, 1), ...(intents.length === 0 && { intent }) }
}

function withBadBody(parts: Parts): Arbitrary<Parts> {
  const json = parts.body?.toString() ?? '{}'
  const spoil = spoiled(JSON.parse(json)).map((text) => Buffer.from(text))
  return fc
    .oneof(
      { weight: 3, arbitrary: spoil.map((body) => ({ body, kind: 'nearly valid' })) },
      { weight: 1, arbitrary: garbled(json).map((body) => ({ body, kind: 'garbled' })) },
    )
    .map((changes) => changed(parts, changes))
}

function withBadAddress(parts: Parts): Arbitrary<Parts> {
  const steps = parts.path.split('/').length
  const replaced = fc.tuple(fc.nat(steps - 1), addressParts).map(([at, part]) =>
    parts.path
      .split('/')
      .map((step, index) => (index === Math.max(1, at) ? part : step))
      .join('/'),
  )
  return fc
    .oneof(
      { weight: 3, arbitrary: replaced },
      { weight: 2, arbitrary: queries.map((query) => `${parts.path}${query}`) },
      { weight: 1, arbitrary: addressParts.map((part) => `${parts.path}/${part}`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('*', '//', '/', `http://127.0.0.1${parts.path}`, `/${'a/'.repeat(500)}`),
      },
    )
    .map((path) => changed(parts, { kind: 'address', path }))
}

function withBadHeaders(parts: Parts, { otherKeys }: Material): Arbitrary<Parts> {
  const instead = (line: string): Parts => {
    const name = line.slice(0, line.indexOf(':')).toLowerCase()
    return {
      ...parts,
      kind: 'headers',
      headers: [...parts.headers.filter((one) => !one.startsWith(`${name}:`)), line],
    }
  }
  const more = (lines: readonly string[]): Parts => ({
    ...parts,
    kind: 'headers',
    headers: [...parts.headers, ...lines],
  })
  const lines = [
    ...otherKeys.map((key) => `authorization: Bearer ${key}`),
    'authorization: Basic dXNlcjpwYXNz',
    'authorization: Bearer',
    'authorization:',
    `authorization: Bearer ${'a'.repeat(9000)}`,
    'content-type: text/html',
    'content-type: application/json; charset=utf-16',
    'content-type: multipart/form-data; boundary=x',
    'content-type: ;;;',
    'content-type:',
  ]
  const added = [
    ['content-encoding: gzip'],
    ['x-http-method-override: DELETE'],
    ['x-forwarded-for: 127.0.0.1', 'forwarded: for=127.0.0.1', 'x-forwarded-host: evil.example'],
    ['authorization: Bearer second'],
    ['expect: 100-continue'],
    ['expect: teapot'],
    ['upgrade: websocket', 'connection: upgrade'],
    ['accept-encoding: \t\t', 'accept: */*;q=nan'],
    Array.from({ length: 300 }, (_, index) => `x-header-${index}: ${index}`),
    [`x-large: ${'a'.repeat(20_000)}`],
    ['x-bad: a\u0001b'],
    ['bad header: x'],
    ['__proto__: x', 'constructor: y'],
    ['range: bytes=0-1,-1', 'if-none-match: *'],
    ['cookie: a=b; __proto__=c'],
  ]
  return fc.oneof(fc.constantFrom(...lines).map(instead), fc.constantFrom(...added).map(more))
}

/** Writes a request, mostly as it should be, and now and then with a length that is not its body's. */
function framed(parts: Parts): Arbitrary<HostileRequest> {
  const proper = { weight: 30, arbitrary: fc.constant('length') }
  const ways = fc.oneof(proper, {
    weight: 1,
    arbitrary: fc.constantFrom('chunked', 'short', 'long', 'twice', 'garbage'),
  })
  return ways.map((way) => written(parts, parts.body === undefined ? 'length' : way))
}

function written(parts: Parts, way: string): HostileRequest {
  const { method, path, headers, body = Buffer.alloc(0) } = parts
  const hasBody = parts.body !== undefined
  const framing: Readonly<Record<string, readonly string[]>> = {
    length: hasBody ? [`content-length: ${body.length}`] : [],
    chunked: ['transfer-encoding: chunked'],
    short: [`content-length: ${Math.max(0, body.length - 3)}`],
    long: [`content-length: ${body.length + 10}`],
    twice: [`content-length: ${body.length}`, 'transfer-encoding: chunked'],
    garbage: ['content-length: 1e3'],
  }
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: localhost',
    ...headers,
    ...(framing[way] ?? []),
    '',
    '',
  ].join('\r\n')
  const chunks =
    way === 'chunked'
      ? [`${body.length.toString(16)}\r\n`, body, body.length > 0 ? '\r\n0\r\n\r\n' : '\r\n']
      : [body]
  return {
    kind: way === 'length' || way === 'chunked' ? parts.kind : 'framing',
    method,
    path,
    bytes: Buffer.concat([Buffer.from(head, 'latin1'), ...chunks.map((chunk) => Buffer.from(chunk))]),
    sent: jsonOf(body),
    isCutOff: way !== 'length' && way !== 'chunked',
  }
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    return undefined
  }
}
