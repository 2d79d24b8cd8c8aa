import { checkBody } from './body.ts'
import { fieldOf, readText } from './fields.ts'
import type { Fields, IssueList } from './fields.ts'

/** What to recall: words to look for (none: the newest), and how many calls at most. */
export interface RecallQuery {
  readonly query: string
  readonly limit: number
}

const MAX_QUERY_LENGTH = 256
const MAX_RECALLED = 50
const DEFAULT_RECALLED = 10

/**
 * Checks the query string of a recall. Unknown parameters are ignored.
 *
 * @throws CM_PAYLOAD_INVALID with every problem.
 */
export function parseRecallQuery(parameters: unknown): RecallQuery {
  return checkBody(parameters, (fields, list) => {
    const given = fieldOf(fields, 'query')
    const query = given === '' ? undefined : readText(list, ['query'], given, MAX_QUERY_LENGTH)
    return { query: query ?? '', limit: readLimit(list, fields, MAX_RECALLED, DEFAULT_RECALLED) }
  })
}

/** Reads `limit`, a whole number from 1 to `max`. */
export function readLimit(list: IssueList, fields: Fields, max: number, fallback: number): number {
  const value = fieldOf(fields, 'limit')
  if (value === undefined) return fallback
  const limit = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : 0
  if (limit >= 1 && limit <= max) return limit
  list.add(['limit'], `limit must be a whole number from 1 to ${max}`)
  return fallback
}
