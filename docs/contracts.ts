import { resolve } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'
import type { ReferenceFile } from './reference.ts'

const ROOT = resolve(__dirname, '..')

// The path of the URL that a flow asks, with dashes for slashes, and the type of what it answers.
const CONTRACTS = [
  { name: 'get-caller-context', type: 'CallerContextAnswer' },
  { name: 'confirm-caller', type: 'ConfirmCallerAnswer' },
  { name: 'v1-calls-start', type: 'StartCallResponse' },
] as const

/** JSON Schemas of the answers that Studio flows read, made from their types in src/contract.ts. */
export function contractFiles(): readonly ReferenceFile[] {
  const generator = createGenerator({
    path: resolve(ROOT, 'src/contract.ts'),
    type: '*',
    skipTypeCheck: true,
    expose: 'none',
    topRef: false,
    additionalProperties: false,
    extraTags: ['maxJsonLength'],
  })
  return CONTRACTS.map(({ name, type }) => ({
    path: `studio-flows/${name}.contract.json`,
    text: JSON.stringify(generator.createSchema(type), null, 2),
  }))
}
