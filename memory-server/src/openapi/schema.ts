/** A JSON Schema (2020-12), as OpenAPI 3.1 uses it. */
export type Schema = Readonly<Record<string, unknown>>

/** Points at one of the named schemas. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** An object of which every field is there, except those in `optional`. */
export function object(
  fields: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
  more: Schema = {},
): Schema {
  const required = Object.keys(fields).filter((name) => !optional.includes(name))
  return { type: 'object', ...(required.length > 0 && { required }), properties: fields, ...more }
}

/** An object whose names are free and whose values are alike. */
export function mapOf(values: Schema, more: Schema = {}): Schema {
  return { type: 'object', additionalProperties: values, ...more }
}

/** A list of things that are alike. */
export function listOf(items: Schema, description?: string, more: Schema = {}): Schema {
  return { type: 'array', items, ...(description !== undefined && { description }), ...more }
}

/** A text of any length. */
export function text(description: string, more: Schema = {}): Schema {
  return { type: 'string', description, ...more }
}

/** A text of 1 to `maxLength` characters. */
export function shortText(maxLength: number, description: string, more: Schema = {}): Schema {
  return text(description, { minLength: 1, maxLength, ...more })
}

/** A time as every answer writes it: ISO-8601, UTC, milliseconds. */
export function time(description: string): Schema {
  return text(description, { format: 'date-time', examples: ['2026-11-02T10:30:00.000Z'] })
}

/** A number of things, 0 or more. */
export function count(description: string): Schema {
  return { type: 'integer', minimum: 0, description }
}

/** One of a few words. */
export function word(words: readonly string[], description: string): Schema {
  return { type: 'string', enum: words, description }
}

/** The same schema, or null. */
export function orNull(schema: Schema): Schema {
  return typeof schema['type'] === 'string'
    ? { ...schema, type: [schema['type'], 'null'] }
    : { anyOf: [schema, { type: 'null' }] }
}
