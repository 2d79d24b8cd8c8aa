import { randomUUID } from 'node:crypto'
import { numberOf, textOf } from './database.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** What the change feed tells of. */
export type EventKind =
  | 'customer.created'
  | 'call.started'
  | 'call.ended'
  | 'call.corrected'
  | 'customer.merged'
  | 'customer.unmerged'
  | 'customer.forgotten'

/** Where a reader of the feed is: behind the first `told` kinds of this row. */
export interface FeedPosition {
  /** Epoch milliseconds. */
  readonly at: number
  readonly eventId: string
  readonly told: number
}

/** A row of the feed: what happened to one customer at once. */
export interface FeedRow {
  readonly at: number
  readonly eventId: string
  readonly kinds: readonly EventKind[]
  /** The reference, or how a forgotten customer is named. */
  readonly customer: string
}

/** Adds a row to the feed. `at` is in epoch milliseconds. */
export async function insertEvent(
  { transaction, tenant }: Scope,
  bucket: number,
  { at, kinds, customer }: Omit<FeedRow, 'eventId'>,
  keepAfter: number,
): Promise<void> {
  // The random part of a UUID costs a tenth of other random bytes, because those are drawn ahead.
  const eventId = randomUUID().replaceAll('-', '').slice(-12)
  await transaction.run(STATEMENTS.insertEvent, [tenant, bucket, at, eventId, kinds.join(' '), customer])
  // Once in 256 rows on average the old ones of the bucket go, so that the feed stays bounded by itself.
  if (eventId.startsWith('00')) await transaction.run(STATEMENTS.purgeEvents, [tenant, bucket, keepAfter])
}

/** Finds the rows from a position on, up to a time, in the order of the feed, at most `limit`. */
export async function findEvents(
  { transaction, tenant }: Scope,
  from: Pick<FeedPosition, 'at' | 'eventId'>,
  until: number,
  limit: number,
): Promise<FeedRow[]> {
  const params = [tenant, from.at, until, from.eventId, limit]
  const found = await transaction.read(STATEMENTS.findEvents, params)
  const rows = found.map((row) => ({
    at: numberOf(row, 'recorded_at'),
    eventId: textOf(row, 'event_id'),
    kinds: textOf(row, 'kinds').split(' ') as EventKind[],
    customer: textOf(row, 'customer_ref'),
  }))
  // Several clusters answer one after the other.
  return rows.toSorted((a, b) => a.at - b.at || (a.eventId < b.eventId ? -1 : 1)).slice(0, limit)
}
