/** What the sweeper asks: the customers of a bucket a page at a time, and what of theirs is past its time. */
export const RETENTION_SQL = {
  pageOfContacts: `SELECT customer_ref, last_contact_at FROM customers
    WHERE tenant = $1 AND bucket = $2 AND customer_ref > $3 ORDER BY customer_ref LIMIT $4`,
  countOldVariables: `SELECT COUNT(*) AS total FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref > $3 AND customer_ref <= $4 AND expires_at <= $5`,
  eraseOldVariables: `DELETE FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref > $3 AND customer_ref <= $4 AND expires_at <= $5`,
  countOldIntents: `SELECT COUNT(*) AS total FROM intents
    WHERE tenant = $1 AND bucket = $2 AND customer_ref > $3 AND customer_ref <= $4
      AND ((status = 'open' AND updated_at < $5) OR (status <> 'open' AND updated_at < $6))`,
  eraseOldIntents: `DELETE FROM intents
    WHERE tenant = $1 AND bucket = $2 AND customer_ref > $3 AND customer_ref <= $4
      AND ((status = 'open' AND updated_at < $5) OR (status <> 'open' AND updated_at < $6))`,
  blankOldNotes: `UPDATE call_notes SET variables = '{}'
    WHERE tenant = $1 AND bucket = $2 AND customer_ref > $3 AND customer_ref <= $4
      AND expires_at <= $5 AND variables <> '{}'`,
  findOldNotes: `SELECT customer_ref, called_at, call_hash FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref > $3 AND customer_ref <= $4
      AND called_at < $5 AND COALESCE(ended_at, called_at) < $5
    ORDER BY customer_ref, called_at, call_hash LIMIT $6`,
  eraseNote: `DELETE FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at = $4 AND call_hash = $5`,
  findOldAnswers: `SELECT call_hash, stage FROM calls
    WHERE tenant = $1 AND bucket = $2 AND call_hash > $3 AND answered_at < $4
    ORDER BY call_hash, stage LIMIT $5`,
  eraseAnswer: `DELETE FROM calls WHERE tenant = $1 AND bucket = $2 AND call_hash = $3 AND stage = $4`,
  findOldEvents: `SELECT recorded_at, event_id FROM events
    WHERE tenant = $1 AND bucket = $2 AND recorded_at < $3 ORDER BY recorded_at, event_id LIMIT $4`,
  eraseEvent: `DELETE FROM events
    WHERE tenant = $1 AND bucket = $2 AND recorded_at = $3 AND event_id = $4`,
} as const
