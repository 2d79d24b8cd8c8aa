import fc from 'fast-check'
import type { Arbitrary } from 'fast-check'
import type { Schema } from '../../../memory-server/src/openapi/schema.ts'
import { API } from '../described.ts'

/** Values that a schema of the description allows. Enough of JSON Schema for what stands in it. */
export function valuesOf(schema: Schema): Arbitrary<unknown> {
  const plain = resolved(schema)
  if ('const' in plain) return fc.constant(plain['const'])
  const words = plain['enum'] as readonly unknown[] | undefined
  if (words) return fc.constantFrom(...words)
  if (plain['type'] === undefined && plain['anyOf'] !== undefined) {
    return fc.oneof(...(plain['anyOf'] as readonly Schema[]).map(valuesOf))
  }
  const types = [plain['type']].flat() as readonly string[]
  return fc.oneof(...types.map((type) => ofType(type, plain)))
}

/** Follows a reference, and takes one branch where several are allowed. */
function resolved(schema: Schema): Schema {
  const target = schema['$ref']
  if (typeof target === 'string') {
    return resolved(API.components.schemas[target.replace('#/components/schemas/', '')] ?? {})
  }
  return schema
}

function ofType(type: string, schema: Schema): Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return texts(schema)
    case 'integer':
      return fc.integer({ min: numberIn(schema, 'minimum', 0), max: numberIn(schema, 'maximum', 1000) })
    case 'number':
      return fc.double({ noNaN: true, min: -1e6, max: 1e6 })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valuesOf(schema['items'] as Schema), { maxLength: 3 })
    default:
      return objects(schema)
  }
}

const LETTERS = fc.constantFrom(...'abcXYZ019 _-.,!?äß日本'.split(''))

function texts(schema: Schema): Arbitrary<string> {
  const pattern = schema['pattern']
  // Numbers are fictional ones; any other number might belong to somebody.
  if (pattern === String.raw`^\+[1-9]\d{1,14}$`) {
    return fc.integer({ min: 100, max: 199 }).map((last) => `+12025550${last}`)
  }
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern))
  const [min, max] = [numberIn(schema, 'minLength', 0), numberIn(schema, 'maxLength', 64)]
  // Mostly short, and now and then exactly as long as is allowed.
  const short = fc.string({ unit: LETTERS, minLength: min, maxLength: Math.min(max, 20) })
  return fc.oneof({ weight: 9, arbitrary: short }, { weight: 1, arbitrary: fc.constant('x'.repeat(max)) })
}

function objects(schema: Schema): Arbitrary<unknown> {
  const branches = branchesOf(schema)
  return fc.oneof(...branches.map((branch) => plainObjects(branch)))
}

/** The same schema once for each way in which its conditions can be met. */
function branchesOf(schema: Schema): readonly Schema[] {
  const { anyOf, allOf, ...rest } = schema as Schema & {
    readonly anyOf?: readonly Schema[]
    readonly allOf?: readonly Schema[]
  }
  const groups = [anyOf, ...(allOf ?? []).map((one) => one['anyOf'] as readonly Schema[] | undefined)]
  return groups.reduce<readonly Schema[]>(
    (made, group) =>
      group ? made.flatMap((one) => group.filter(isPositive).map((each) => merged(one, each))) : made,
    [rest],
  )
}

const isPositive = (branch: Schema): boolean => !JSON.stringify(branch).includes('"not"')

function merged(schema: Schema, branch: Schema): Schema {
  const more = branch['properties'] as Record<string, Schema> | undefined
  const fields = schema['properties'] as Record<string, Schema>
  const changed = Object.entries(more ?? {}).map(([name, each]) => [
    name,
    { ...resolved(fields[name] ?? {}), ...each },
  ])
  return {
    ...schema,
    required: [
      ...((schema['required'] as string[] | undefined) ?? []),
      ...((branch['required'] as string[]) ?? []),
    ],
    properties: { ...fields, ...Object.fromEntries(changed) },
  }
}

function plainObjects(schema: Schema): Arbitrary<unknown> {
  const fields = Object.entries((schema['properties'] as Record<string, Schema> | undefined) ?? {})
  if (fields.length === 0) return maps(schema)
  const shape = Object.fromEntries(fields.map(([name, each]) => [name, valuesOf(each)]))
  const required = (schema['required'] as readonly string[] | undefined) ?? []
  return fc.record(shape, { requiredKeys: [...new Set(required)], noNullPrototype: true })
}

function maps(schema: Schema): Arbitrary<unknown> {
  const names = (schema['propertyNames'] as Schema | undefined) ?? { minLength: 1, maxLength: 20 }
  const values = schema['additionalProperties'] as Schema
  return fc.dictionary(texts(names), valuesOf(values), {
    minKeys: numberIn(schema, 'minProperties', 0),
    maxKeys: Math.min(4, numberIn(schema, 'maxProperties', 4)),
    noNullPrototype: true,
  })
}

function numberIn(schema: Schema, name: string, otherwise: number): number {
  const value = schema[name]
  return typeof value === 'number' ? value : otherwise
}
