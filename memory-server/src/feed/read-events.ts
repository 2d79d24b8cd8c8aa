import type { EventsResponse, FeedEvent } from '../../../src/contract.ts'
import type { Memory } from '../calls/memory.ts'
import type { EventsQuery } from '../request/events-query.ts'
import { findEvents } from '../store/events.ts'
import type { FeedPosition, FeedRow } from '../store/events.ts'
import type { Scope } from '../store/scope.ts'
import { FORGOTTEN } from './record-event.ts'

// An event is timed as it is written, and seen when its transaction has committed: a statement and a commit later at
// most, both bounded by five seconds, on a server whose clock may differ. Younger ones are held back, so that none
// appears behind a reader.
const SETTLED_MS = 15_000

// The time that is looked at grows until a page is full, so that a reader who is far behind is not sent through all of it.
const FIRST_SPAN_MS = 1000
const SPAN_GROWTH = 8

/** Answers the events behind a cursor, oldest first. Without a cursor it begins with the oldest that are kept. */
export function readEvents(memory: Memory, { cursor, limit }: EventsQuery): Promise<EventsResponse> {
  const now = memory.clock().getTime()
  const oldest = now - (memory.eventRetentionMs ?? 0)
  const from = cursor ?? { at: oldest, eventId: '', told: 0 }
  return memory.database.transaction(async (transaction) => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    const rows = await findPage(scope, from, now - SETTLED_MS, limit + 1)
    const events = rows.flatMap((row) => eventsOf(row)).filter(({ position }) => isBehind(position, from))
    const page = events.slice(0, limit)
    return {
      events: page.map(({ event }) => event),
      cursor: writeCursor(page.at(-1)?.position ?? from),
      // A position ahead of the clock was reached by one that was wrong: what is written now is behind it.
      gap: cursor !== undefined && (cursor.at < oldest || cursor.at > now),
    }
  })
}

async function findPage(scope: Scope, from: FeedPosition, until: number, limit: number): Promise<FeedRow[]> {
  for (let span = FIRST_SPAN_MS; ; span *= SPAN_GROWTH) {
    const to = Math.min(until, from.at + span)
    const rows = to < from.at ? [] : await findEvents(scope, from, to, limit)
    if (rows.length >= limit || to >= until) return rows
  }
}

interface Told {
  readonly event: FeedEvent
  readonly position: FeedPosition
}

/** The events of a row, each with the position behind it. */
function eventsOf({ at, eventId, kinds, customer }: FeedRow): Told[] {
  const isForgotten = customer.startsWith(FORGOTTEN)
  return kinds.map((kind, index) => ({
    event: {
      id: `${eventId}-${index}`,
      kind,
      at: new Date(at).toISOString(),
      customer_ref: isForgotten ? null : customer,
      customer_ref_sha256: isForgotten ? customer.slice(FORGOTTEN.length) : null,
    },
    position: { at, eventId, told: index + 1 },
  }))
}

/** Only the first row of a page can be the one at which the reader stopped. */
function isBehind({ at, eventId, told }: FeedPosition, from: FeedPosition): boolean {
  return at !== from.at || eventId !== from.eventId || told > from.told
}

function writeCursor({ at, eventId, told }: FeedPosition): string {
  return Buffer.from(`${at}.${eventId}.${told}`).toString('base64url')
}
