/** What a start and an end run, and what they remember. */
export const CALLS_SQL = {
  // Both stages of a call, each with the latest correction of the call. The answer, which is long, of one stage only.
  findAnswered: `SELECT c.stage, c.body_hash, c.customer_ref, CASE WHEN c.stage = $4 THEN c.answer ELSE '' END AS answer,
      c.answered_at, k.from_ref, k.to_ref
    FROM calls AS c LEFT JOIN corrections AS k
      ON k.tenant = c.tenant AND k.bucket = c.bucket AND k.call_hash = c.call_hash
    WHERE c.tenant = $1 AND c.bucket = $2 AND c.call_hash = $3`,
  findCall: `SELECT body_hash, customer_ref, answer, answered_at FROM calls
    WHERE tenant = $1 AND bucket = $2 AND call_hash = $3 AND stage = $4`,
  insertCall: `INSERT INTO calls
      (tenant, bucket, call_hash, stage, body_hash, customer_ref, answer, answered_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
  findCustomer: `SELECT customer_ref, created_at, last_contact_at FROM customers
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  insertCustomer: `INSERT INTO customers (tenant, bucket, customer_ref, created_at, last_contact_at)
    VALUES ($1, $2, $3, $4, $4)`,
  touchCustomer: `UPDATE customers
    SET last_contact_at = CASE WHEN last_contact_at < $4 THEN $4 ELSE last_contact_at END
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3
    RETURNING customer_ref`,
  lockCustomer: `UPDATE customers SET last_contact_at = last_contact_at
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3
    RETURNING customer_ref`,
  claimIdentifier: `INSERT INTO identifier_claims (tenant, bucket, identifier_hash, claimed_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant, bucket, identifier_hash) DO UPDATE SET claimed_at = excluded.claimed_at`,
  findLinks: `SELECT customer_ref FROM identifier_links
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3
    ORDER BY last_seen_at DESC, customer_ref LIMIT 50`,
  // A customer lives in the bucket of its first identifier. Those of other buckets come without their times.
  findLinkedCustomers: `SELECT l.customer_ref, l.confirmed_count, l.corrected_count, c.created_at, c.last_contact_at
    FROM identifier_links AS l LEFT JOIN customers AS c
      ON c.tenant = l.tenant AND c.bucket = l.bucket AND c.customer_ref = l.customer_ref
    WHERE l.tenant = $1 AND l.bucket = $2 AND l.identifier_hash = $3
    ORDER BY l.last_seen_at DESC, l.customer_ref LIMIT 50`,
  touchLink: `UPDATE identifier_links SET last_seen_at = $5
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3 AND customer_ref = $4`,
  saveLink: `INSERT INTO identifier_links
      (tenant, bucket, identifier_hash, customer_ref, kind, first_seen_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (tenant, bucket, identifier_hash, customer_ref)
    DO UPDATE SET last_seen_at = excluded.last_seen_at`,
  findHeldExternalIds: `SELECT DISTINCT namespace_hash FROM customer_identifiers
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND kind = 'external_id'`,
  saveHeldIdentifier: `INSERT INTO customer_identifiers
      (tenant, bucket, customer_ref, identifier_hash, kind, namespace_hash)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (tenant, bucket, customer_ref, identifier_hash) DO NOTHING`,
  // The live variables and the newest open intents, in no order: both are few, and cheaper to sort by who reads them.
  findRemembered: `SELECT 1 AS kind, name, value AS said, source, expires_at AS number, 0 AS changed_at
      FROM variables WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND expires_at > $4
    UNION ALL SELECT kind, intent, status, source, attempt_count, updated_at FROM (
      SELECT 2 AS kind, intent, status, CAST(NULL AS text) AS source, attempt_count, updated_at
        FROM intents WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND status = 'open' AND updated_at > $5
        ORDER BY updated_at DESC, intent LIMIT 50) AS newest`,
  saveIntent: `INSERT INTO intents
      (tenant, bucket, customer_ref, intent, status, attempt_count, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, bucket, customer_ref, intent)
    DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at,
      attempt_count = CASE
        WHEN excluded.status <> 'open' THEN intents.attempt_count
        WHEN intents.status = 'open' AND intents.updated_at > $8 THEN intents.attempt_count + 1
        ELSE 1 END`,
  findVariableMarks: `SELECT name, source, expires_at FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  measureVariables: `SELECT COUNT(*) AS stored, MIN(expires_at) AS soonest FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  deleteVariable: `DELETE FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND name = $4`,
  deleteExpiredVariables: `DELETE FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND expires_at <= $4`,
  insertNote: `INSERT INTO call_notes (tenant, bucket, customer_ref, called_at, call_hash, ended_at, state,
      intent, intent_status, variables, expires_at, more_intents)
    VALUES ($1, $2, $3, $4, $5, $6, 'held', $7, $8, $9, $10, $11)
    ON CONFLICT (tenant, bucket, customer_ref, called_at, call_hash)
    DO UPDATE SET ended_at = excluded.ended_at, state = excluded.state, intent = excluded.intent,
      intent_status = excluded.intent_status, variables = excluded.variables, expires_at = excluded.expires_at,
      more_intents = excluded.more_intents
    WHERE excluded.ended_at IS NOT NULL`,
  markNoteMoved: `UPDATE call_notes
    SET state = 'moved', intent = '', intent_status = '', more_intents = NULL, variables = '{}'
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at = $4 AND call_hash = $5`,
  findNotes: `SELECT called_at, call_hash, ended_at, intent, intent_status, more_intents, variables, expires_at
    FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND state = 'held'
    ORDER BY called_at DESC, call_hash DESC LIMIT $4 OFFSET $5`,
  findNoteBeyond: `SELECT called_at, call_hash FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3
    ORDER BY called_at DESC, call_hash DESC LIMIT 1 OFFSET $4`,
  blankNote: `UPDATE call_notes SET intent = '', intent_status = '', more_intents = NULL, variables = '{}'
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at = $4 AND call_hash = $5`,
  findExpiringNotes: `SELECT called_at, call_hash, ended_at, intent, intent_status, more_intents, variables, expires_at
    FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3
      AND called_at >= COALESCE((SELECT called_at FROM call_notes
        WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3
        ORDER BY called_at DESC, call_hash DESC LIMIT 1 OFFSET $4), 0)
      AND expires_at <= $5 AND variables <> '{}'`,
  rewriteNote: `UPDATE call_notes SET variables = $6, expires_at = $7
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at = $4 AND call_hash = $5`,
  findNoteKeys: `SELECT DISTINCT call_hash FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 ORDER BY call_hash`,
} as const
