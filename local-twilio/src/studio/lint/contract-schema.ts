import { isFields, type Fields } from '../read-flow.ts'

/** JSON Schemas of answers, by the path of the URL that gives them, with dashes for slashes. */
export type Contracts = ReadonlyMap<string, Fields>

/** The name under which the contract of a URL is kept: `${FUNCTIONS_URL}/v1/calls/start` is `v1-calls-start`. */
export function contractName(url: string): string {
  const path = url.replace(/^(?:https?:\/\/)?(?:\$\{\w+\}|\{\{[^}]*\}\}|[^/{$]+)+/, '')
  return path
    .replace(/[?#].*$/s, '')
    .split('/')
    .filter((part) => part !== '')
    .join('-')
}

/** What a schema says of a path below it: its schema and whether it is always there; undefined when it is not. */
export function schemaAt(
  schema: Fields,
  path: readonly string[],
): { readonly schema: Fields; readonly always: boolean } | undefined {
  let current: Fields = schema
  let always = true
  for (const key of path) {
    const properties = current['properties']
    const known = isFields(properties) ? properties[key] : undefined
    const required = current['required']
    const rest = current['additionalProperties']
    if (isFields(known)) {
      always &&= Array.isArray(required) && required.includes(key)
      current = known
    } else if (/^(?:\d+|\*|first|last|size)$/.test(key) && current['type'] === 'array') {
      always = false
      current = isFields(current['items']) ? current['items'] : {}
    } else if (isFields(rest) || rest === true) {
      always = false
      current = isFields(rest) ? rest : {}
    } else return undefined
  }
  return { schema: current, always }
}

/** A value that fits a schema; its texts are `text`. */
export function sampleOf(schema: Fields, text: string): unknown {
  if ('const' in schema) return schema['const']
  const [first] = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : []
  if (first !== undefined) return first
  const [option] = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as unknown[]) : []
  if (isFields(option)) return sampleOf(option, text)
  const { type, properties } = schema
  if (type === 'number' || type === 'integer') return 1
  if (type === 'boolean') return true
  if (type === 'array') return []
  if (type !== 'object') return text
  const entries = isFields(properties) ? Object.entries(properties) : []
  return Object.fromEntries(
    entries.map(([key, value]) => [key, isFields(value) ? sampleOf(value, text) : text]),
  )
}

/** The most characters that a value of a schema takes as JSON; undefined when nothing bounds it. */
export function longestJson(schema: Fields): number | undefined {
  const { maxJsonLength, maxLength, type } = schema
  if (typeof maxJsonLength === 'number') return maxJsonLength
  if ('const' in schema) return JSON.stringify(schema['const']).length
  const options = [schema['enum'], schema['anyOf']].find(Array.isArray) as unknown[] | undefined
  if (options) {
    const lengths = options.map((option) =>
      isFields(option) ? longestJson(option) : JSON.stringify(option).length,
    )
    return lengths.includes(undefined) ? undefined : Math.max(...lengths.map((length) => length ?? 0))
  }
  if (type === 'number' || type === 'integer') return 24
  if (type === 'boolean') return 5
  // Every character may be one that JSON escapes with a backslash.
  return typeof maxLength === 'number' ? maxLength * 2 + 2 : undefined
}
