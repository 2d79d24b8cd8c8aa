const ALL_BUCKETS = Array.from({ length: 256 }, (_, bucket) => bucket).join(', ')

type EventStatement = 'insertEvent' | 'findEvents' | 'countEvents' | 'eraseEvents' | 'purgeEvents'

/** The change feed. */
export const EVENTS_SQL: Readonly<Record<EventStatement, string>> = {
  insertEvent: `INSERT INTO events (tenant, bucket, recorded_at, event_id, kinds, customer_ref)
    VALUES ($1, $2, $3, $4, $5, $6)`,
  // The buckets are named one by one, so that each is entered at its time instead of being read as a whole.
  findEvents: `SELECT bucket, recorded_at, event_id, kinds, customer_ref FROM events
    WHERE tenant = $1 AND bucket IN (${ALL_BUCKETS})
      AND recorded_at >= $2 AND recorded_at <= $3 AND (recorded_at > $2 OR event_id >= $4)
    ORDER BY recorded_at, event_id LIMIT $5`,
  countEvents: `SELECT COUNT(*) AS total FROM events WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  eraseEvents: `DELETE FROM events WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  purgeEvents: `DELETE FROM events WHERE tenant = $1 AND bucket = $2 AND recorded_at < $3`,
}
