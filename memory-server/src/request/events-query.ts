import type { FeedPosition } from '../store/events.ts'
import { checkBody } from './body.ts'
import { fieldOf } from './fields.ts'
import { readLimit } from './recall-query.ts'

/** Which events to answer: those behind a cursor (none: from the oldest), and how many at most. */
export interface EventsQuery {
  readonly cursor?: FeedPosition
  readonly limit: number
}

const MAX_EVENTS = 1000
const DEFAULT_EVENTS = 100
const CURSOR = /^(\d{1,15})\.([0-9a-f]{0,16})\.(\d{1,2})$/

/**
 * Checks the query string of the change feed. Unknown parameters are ignored.
 *
 * @throws CM_PAYLOAD_INVALID with every problem.
 */
export function parseEventsQuery(parameters: unknown): EventsQuery {
  return checkBody(parameters, (fields, list) => {
    const given = fieldOf(fields, 'cursor')
    const limit = readLimit(list, fields, MAX_EVENTS, DEFAULT_EVENTS)
    if (given === undefined) return { limit }
    const text = typeof given === 'string' ? Buffer.from(given.slice(0, 64), 'base64url').toString() : ''
    const [, at, eventId, told] = CURSOR.exec(text) ?? []
    if (at === undefined || eventId === undefined || told === undefined) {
      list.add(['cursor'], 'cursor must be one that an earlier answer returned')
      return { limit }
    }
    return { cursor: { at: Number(at), eventId, told: Number(told) }, limit }
  })
}
