import { CallerMemoryError } from '../../../src/errors.ts'
import { asFields, createIssueList, fieldOf, readText } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'

const MAX_CALL_ID_LENGTH = 128

/**
 * Checks a body with `read`, which adds every problem that it finds to the list.
 *
 * @throws CM_PAYLOAD_INVALID with all problems at once.
 */
export function checkBody<T>(body: unknown, read: (fields: Fields, list: IssueList) => T): T {
  const fields = asFields(body)
  if (fields === undefined) throw payloadInvalid([{ path: [], message: 'The body must be a JSON object' }])
  const list = createIssueList()
  const value = read(fields, list)
  if (list.issues.length > 0) throw payloadInvalid(list.issues)
  return value
}

/**
 * Reads a body's text as JSON. No body at all stays undefined.
 *
 * @throws CM_PAYLOAD_INVALID when it is not JSON.
 */
export function parseJson(body: unknown): unknown {
  if (typeof body !== 'string') return undefined
  try {
    return JSON.parse(body) as unknown
  } catch {
    throw payloadInvalid([{ path: [], message: 'The body is not valid JSON' }])
  }
}

/** The fault of a request that breaks a rule, with its problems. */
export function payloadInvalid(
  issues: readonly { readonly path: readonly string[]; readonly message: string }[],
): CallerMemoryError {
  return new CallerMemoryError('CM_PAYLOAD_INVALID', 'Validation failed', { issues })
}

/** Reads `call_id`, which every request needs. An empty text stands in when it is missing or wrong. */
export function readCallId(list: IssueList, fields: Fields): string {
  const value = fieldOf(fields, 'call_id')
  if (value === undefined) list.add(['call_id'], `Required field 'call_id' is missing`)
  return readText(list, ['call_id'], value, MAX_CALL_ID_LENGTH) ?? ''
}
