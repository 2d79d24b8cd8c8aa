/** What shows, corrects and erases a customer. */
export const CUSTOMERS_SQL = {
  saveNamespace: `INSERT INTO identifier_namespaces (tenant, bucket, customer_ref, namespace_hash, namespace)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, bucket, customer_ref, namespace_hash) DO NOTHING`,
  findNamespaces: `SELECT namespace_hash, namespace FROM identifier_namespaces
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  findHeldIdentifiers: `SELECT identifier_hash, kind, namespace_hash FROM customer_identifiers
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 ORDER BY kind, identifier_hash`,
  findLink: `SELECT first_seen_at, last_seen_at, confirmed_count, corrected_count FROM identifier_links
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3 AND customer_ref = $4`,
  countCustomersOf: `SELECT COUNT(*) AS customers FROM identifier_links
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3`,
  findAllIntents: `SELECT intent, status, attempt_count, updated_at FROM intents
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 ORDER BY updated_at DESC, intent`,
  findAllVariables: `SELECT name, value, source, updated_at, expires_at FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 ORDER BY name`,
  findTombstone: `SELECT forgotten_at, counts FROM tombstones
    WHERE tenant = $1 AND bucket = $2 AND tombstone_hash = $3`,
  insertTombstone: `INSERT INTO tombstones (tenant, bucket, tombstone_hash, forgotten_at, counts)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, bucket, tombstone_hash) DO NOTHING`,
  countIntents: `SELECT COUNT(*) AS total FROM intents WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  countVariables: `SELECT COUNT(*) AS total FROM variables WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  countNotes: `SELECT COUNT(*) AS total FROM call_notes WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  countNamespaces: `SELECT COUNT(*) AS total FROM identifier_namespaces
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  countIdentifiers: `SELECT COUNT(*) AS total FROM customer_identifiers
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  eraseCustomer: `DELETE FROM customers WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  eraseIntents: `DELETE FROM intents WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  eraseVariables: `DELETE FROM variables WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  eraseNotes: `DELETE FROM call_notes WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  eraseNamespaces: `DELETE FROM identifier_namespaces WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  eraseIdentifiers: `DELETE FROM customer_identifiers WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  eraseLink: `DELETE FROM identifier_links
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3 AND customer_ref = $4`,
  findClaim: `SELECT claimed_at FROM identifier_claims
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3`,
  eraseClaim: `DELETE FROM identifier_claims
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3`,
  eraseCall: `DELETE FROM calls
    WHERE tenant = $1 AND bucket = $2 AND call_hash = $3 AND stage = $4 AND customer_ref = $5`,
  findCorrection: `SELECT correction_id, from_ref, to_ref, images FROM corrections
    WHERE tenant = $1 AND bucket = $2 AND call_hash = $3`,
  saveCorrection: `INSERT INTO corrections (tenant, bucket, call_hash, correction_id, from_ref, to_ref, images)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, bucket, call_hash)
    DO UPDATE SET correction_id = excluded.correction_id, from_ref = excluded.from_ref,
      to_ref = excluded.to_ref, images = excluded.images`,
  deleteCorrection: `DELETE FROM corrections WHERE tenant = $1 AND bucket = $2 AND call_hash = $3`,
} as const
