import Ajv2020 from 'ajv/dist/2020'

const text = { type: 'string', minLength: 1 }
const named = (values: object): object => ({ type: 'object', additionalProperties: values })
const closed = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const reference = closed({ $ref: text }, ['$ref'])
const orReference = (other: object): object => ({ oneOf: [reference, other] })
const schema = { type: ['object', 'boolean'] }
const media = closed({ schema, example: true, examples: named({ type: 'object' }) })
const header = closed({ description: text, schema, required: { type: 'boolean' } }, ['schema'])
const response = closed({ description: text, headers: named(orReference(header)), content: named(media) }, [
  'description',
])
const parameter = closed(
  {
    name: text,
    in: { enum: ['path', 'query', 'header', 'cookie'] },
    required: { type: 'boolean' },
    description: text,
    schema,
    example: true,
  },
  ['name', 'in', 'schema'],
)
const operation = closed(
  {
    operationId: text,
    tags: { type: 'array', items: text },
    summary: text,
    description: text,
    parameters: { type: 'array', items: orReference(parameter) },
    requestBody: orReference(
      closed({ required: { type: 'boolean' }, description: text, content: named(media) }, ['content']),
    ),
    responses: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^(?:[1-5](?:[0-9][0-9]|XX)|default)$' },
      additionalProperties: orReference(response),
    },
    security: { type: 'array', items: named({ type: 'array', items: text }) },
  },
  ['operationId', 'summary', 'tags', 'responses', 'security'],
)
const NAME = { pattern: '^[a-zA-Z0-9._-]+$' }

/** The parts of OpenAPI 3.1.0 that the description uses; whatever else stands in it is refused. */
const RULES = closed(
  {
    openapi: { pattern: String.raw`^3\.1\.\d+$` },
    info: closed(
      {
        title: text,
        version: text,
        description: text,
        license: closed({ name: text, identifier: text }, ['name']),
      },
      ['title', 'version'],
    ),
    servers: { type: 'array', items: closed({ url: text, description: text }, ['url']) },
    tags: { type: 'array', items: closed({ name: text, description: text }, ['name']) },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] },
        additionalProperties: operation,
      },
    },
    components: closed({
      schemas: { ...named(schema), propertyNames: NAME },
      responses: { ...named(orReference(response)), propertyNames: NAME },
      securitySchemes: named(
        closed({ type: { const: 'http' }, scheme: text, description: text }, ['type', 'scheme']),
      ),
    }),
  },
  ['openapi', 'info', 'paths'],
)

interface Document {
  readonly tags?: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly securitySchemes?: object }
}
interface Operation {
  readonly operationId?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly security?: readonly object[]
}

/** Every breach of OpenAPI 3.1 in a document: its form, and what no form can say. */
export function breachesOfOpenApi(document: object): readonly string[] {
  const validate = new Ajv2020({ allErrors: true, strict: false }).compile(RULES)
  const form = validate(document)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      )
  return [...form, ...brokenReferences(document, document), ...operationBreaches(document as Document)]
}

function operationBreaches({ paths, tags = [], components }: Document): readonly string[] {
  const operations = Object.entries(paths).flatMap(([address, methods]) =>
    Object.values(methods).map((each) => ({ address, each })),
  )
  const ids = operations.map(({ each }) => each.operationId)
  const shapes = Object.keys(paths).map((address) => address.replaceAll(/\{\w+\}/g, '{}'))
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is the id of two operations`),
    ...shapes.filter((one, index) => shapes.indexOf(one) !== index).map((one) => `${one} stands twice`),
    ...operations.flatMap(({ address, each }) => parameterBreaches(address, each)),
    ...operations.flatMap(({ address, each }) =>
      (each.tags ?? [])
        .filter((tag) => !tags.some(({ name }) => name === tag))
        .map((tag) => `${address}: no tag ${tag}`),
    ),
    ...operations.flatMap(({ address, each }) =>
      (each.security ?? [])
        .flatMap((requirement) => Object.keys(requirement))
        .filter((name) => !Object.hasOwn(components?.securitySchemes ?? {}, name))
        .map((name) => `${address}: no security scheme ${name}`),
    ),
  ]
}

function parameterBreaches(address: string, { parameters = [] }: Operation): readonly string[] {
  const inPath = Array.from(address.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
  const described = parameters.filter((each) => each.in === 'path')
  return [
    ...inPath
      .filter((name) => !described.some((each) => each.name === name && each.required === true))
      .map((name) => `${address}: {${name}} is no parameter`),
    ...described
      .filter(({ name }) => !inPath.includes(name))
      .map(({ name }) => `${address}: the parameter ${name} is not in it`),
  ]
}

function brokenReferences(root: unknown, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => brokenReferences(root, each))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => {
    if (key !== '$ref' || typeof each !== 'string') return brokenReferences(root, each)
    const target = each
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], root)
    return target === undefined ? [`${each} points nowhere`] : []
  })
}
