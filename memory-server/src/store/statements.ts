/**
 * Every statement of the store, in the SQL that SQLite and the PostgreSQL family understand alike.
 *
 * To keep it that way: tenant and bucket lead every key and every condition, placeholders are `$1`, ids and
 * times come from the server, no foreign keys, sequences or triggers, no statement that changes data inside
 * another one, and conflict targets are plain columns.
 */
export const STATEMENTS = {
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
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  lockCustomer: `UPDATE customers SET last_contact_at = last_contact_at
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,

  claimIdentifier: `INSERT INTO identifier_claims (tenant, bucket, identifier_hash, claimed_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (tenant, bucket, identifier_hash) DO UPDATE SET claimed_at = excluded.claimed_at`,

  findLinks: `SELECT customer_ref FROM identifier_links
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3
    ORDER BY last_seen_at DESC, customer_ref LIMIT 50`,
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

  findOpenIntents: `SELECT intent, status, attempt_count FROM intents
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND status = 'open'
    ORDER BY updated_at DESC, intent LIMIT 50`,
  saveIntent: `INSERT INTO intents
      (tenant, bucket, customer_ref, intent, status, attempt_count, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, bucket, customer_ref, intent)
    DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at,
      attempt_count = CASE
        WHEN excluded.status <> 'open' THEN intents.attempt_count
        WHEN intents.status = 'open' THEN intents.attempt_count + 1
        ELSE 1 END`,

  findLiveVariables: `SELECT name, value, expires_at FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND expires_at > $4 ORDER BY name`,
  saveVariable: `INSERT INTO variables
      (tenant, bucket, customer_ref, name, value, updated_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, bucket, customer_ref, name)
    DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at, expires_at = excluded.expires_at`,
  deleteVariable: `DELETE FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND name = $4`,
  deleteExpiredVariables: `DELETE FROM variables
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND expires_at <= $4`,

  createMigrations: `CREATE TABLE IF NOT EXISTS schema_migrations (
      version bigint NOT NULL, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL,
      PRIMARY KEY (version))`,
  findMigrations: `SELECT version, checksum FROM schema_migrations ORDER BY version`,
  findMigration: `SELECT version FROM schema_migrations WHERE version = $1`,
  insertMigration: `INSERT INTO schema_migrations (version, name, checksum, applied_at)
    VALUES ($1, $2, $3, $4)`,

  findInstallation: `SELECT value FROM installation WHERE name = $1`,
  insertInstallation: `INSERT INTO installation (name, value) VALUES ($1, $2)`,

  insertNote: `INSERT INTO call_notes (tenant, bucket, customer_ref, called_at, call_hash, ended_at, state,
      intent, intent_status, variables, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'held', $7, $8, $9, $10)
    ON CONFLICT (tenant, bucket, customer_ref, called_at, call_hash)
    DO UPDATE SET ended_at = excluded.ended_at, state = excluded.state, intent = excluded.intent,
      intent_status = excluded.intent_status, variables = excluded.variables, expires_at = excluded.expires_at
    WHERE excluded.ended_at IS NOT NULL`,
  markNoteMoved: `UPDATE call_notes SET state = 'moved', intent = '', intent_status = '', variables = '{}'
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at = $4 AND call_hash = $5`,
  findNotes: `SELECT called_at, call_hash, ended_at, intent, intent_status, variables, expires_at FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND state = 'held'
    ORDER BY called_at DESC, call_hash DESC LIMIT $4 OFFSET $5`,
  findNoteBeyond: `SELECT called_at, call_hash FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3
    ORDER BY called_at DESC, call_hash DESC LIMIT 1 OFFSET $4`,
  blankNote: `UPDATE call_notes SET intent = '', intent_status = '', variables = '{}'
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at = $4 AND call_hash = $5`,
  expireNotes: `UPDATE call_notes SET variables = '{}'
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at >= $4
      AND expires_at <= $5 AND variables <> '{}'`,
  rewriteNote: `UPDATE call_notes SET variables = $6
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND called_at = $4 AND call_hash = $5`,
  findNoteKeys: `SELECT DISTINCT call_hash FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 ORDER BY call_hash`,

  saveNamespace: `INSERT INTO identifier_namespaces (tenant, bucket, customer_ref, namespace_hash, namespace)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, bucket, customer_ref, namespace_hash) DO NOTHING`,
  findNamespaces: `SELECT namespace_hash, namespace FROM identifier_namespaces
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  findHeldIdentifiers: `SELECT identifier_hash, kind, namespace_hash FROM customer_identifiers
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 ORDER BY kind, identifier_hash`,
  findLink: `SELECT first_seen_at, last_seen_at FROM identifier_links
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3 AND customer_ref = $4`,
  countCustomersOf: `SELECT COUNT(*) AS customers FROM identifier_links
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3`,
  findAllIntents: `SELECT intent, status, attempt_count, updated_at FROM intents
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 ORDER BY updated_at DESC, intent`,
  findAllVariables: `SELECT name, value, updated_at, expires_at FROM variables
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
  // A key is looked up before its tenant is known, so these two tables are small, whole and led by their names.
  insertTenant: `INSERT INTO tenants (tenant, created_at) VALUES ($1, $2) ON CONFLICT (tenant) DO NOTHING`,
  listTenants: `SELECT tenant FROM tenants ORDER BY tenant`,
  insertApiKey: `INSERT INTO api_keys
      (key_prefix, key_hash, tenant, scopes, created_at, revoked_at, last_used_at)
    VALUES ($1, $2, $3, $4, $5, 0, 0)`,
  findApiKey: `SELECT key_prefix, key_hash, tenant, scopes, created_at, revoked_at, last_used_at
    FROM api_keys WHERE key_prefix = $1`,
  listApiKeys: `SELECT key_prefix, key_hash, tenant, scopes, created_at, revoked_at, last_used_at
    FROM api_keys ORDER BY tenant, created_at, key_prefix`,
  revokeApiKey: `UPDATE api_keys SET revoked_at = $2 WHERE key_prefix = $1 AND revoked_at = 0`,
  touchApiKey: `UPDATE api_keys SET last_used_at = $2 WHERE key_prefix = $1 AND last_used_at < $2`,
  countUse: `INSERT INTO usage (tenant, bucket, month, starts, ends) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, bucket, month)
    DO UPDATE SET starts = usage.starts + excluded.starts, ends = usage.ends + excluded.ends`,
  // All buckets of one tenant: 256 rows a month at most.
  findUsage: `SELECT COALESCE(SUM(starts), 0) AS starts, COALESCE(SUM(ends), 0) AS ends
    FROM usage WHERE tenant = $1 AND month = $2`,
} as const

/** One forward step of the schema. Each statement may run again, in case the step was cut short. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly statements: readonly string[]
}

/** The schema's history. A step that was released is never edited: add the next one instead. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'first tables',
    statements: [
      `CREATE TABLE IF NOT EXISTS customers (
        tenant text NOT NULL, bucket bigint NOT NULL, customer_ref text NOT NULL,
        created_at bigint NOT NULL, last_contact_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, customer_ref))`,
      `CREATE TABLE IF NOT EXISTS identifier_links (
        tenant text NOT NULL, bucket bigint NOT NULL, identifier_hash text NOT NULL, customer_ref text NOT NULL,
        kind text NOT NULL, first_seen_at bigint NOT NULL, last_seen_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, identifier_hash, customer_ref))`,
      `CREATE TABLE IF NOT EXISTS customer_identifiers (
        tenant text NOT NULL, bucket bigint NOT NULL, customer_ref text NOT NULL, identifier_hash text NOT NULL,
        kind text NOT NULL, namespace_hash text NOT NULL,
        PRIMARY KEY (tenant, bucket, customer_ref, identifier_hash))`,
      `CREATE TABLE IF NOT EXISTS intents (
        tenant text NOT NULL, bucket bigint NOT NULL, customer_ref text NOT NULL, intent text NOT NULL,
        status text NOT NULL, attempt_count bigint NOT NULL, updated_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, customer_ref, intent))`,
      `CREATE TABLE IF NOT EXISTS variables (
        tenant text NOT NULL, bucket bigint NOT NULL, customer_ref text NOT NULL, name text NOT NULL,
        value text NOT NULL, updated_at bigint NOT NULL, expires_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, customer_ref, name))`,
      `CREATE TABLE IF NOT EXISTS calls (
        tenant text NOT NULL, bucket bigint NOT NULL, call_hash text NOT NULL, stage text NOT NULL,
        body_hash text NOT NULL, customer_ref text NOT NULL, answer text NOT NULL, answered_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, call_hash, stage))`,
      `CREATE TABLE IF NOT EXISTS installation (
        name text NOT NULL, value text NOT NULL, PRIMARY KEY (name))`,
    ],
  },
  {
    version: 2,
    name: 'identifier claims',
    statements: [
      `CREATE TABLE IF NOT EXISTS identifier_claims (
        tenant text NOT NULL, bucket bigint NOT NULL, identifier_hash text NOT NULL, claimed_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, identifier_hash))`,
    ],
  },
  {
    version: 3,
    name: 'customers api',
    statements: [
      `CREATE TABLE IF NOT EXISTS call_notes (
        tenant text NOT NULL, bucket bigint NOT NULL, customer_ref text NOT NULL, called_at bigint NOT NULL,
        call_hash text NOT NULL, ended_at bigint, state text NOT NULL, intent text NOT NULL,
        intent_status text NOT NULL, variables text NOT NULL, expires_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, customer_ref, called_at, call_hash))`,
      `CREATE TABLE IF NOT EXISTS identifier_namespaces (
        tenant text NOT NULL, bucket bigint NOT NULL, customer_ref text NOT NULL, namespace_hash text NOT NULL,
        namespace text NOT NULL,
        PRIMARY KEY (tenant, bucket, customer_ref, namespace_hash))`,
      `CREATE TABLE IF NOT EXISTS tombstones (
        tenant text NOT NULL, bucket bigint NOT NULL, tombstone_hash text NOT NULL,
        forgotten_at bigint NOT NULL, counts text NOT NULL,
        PRIMARY KEY (tenant, bucket, tombstone_hash))`,
      `CREATE TABLE IF NOT EXISTS corrections (
        tenant text NOT NULL, bucket bigint NOT NULL, call_hash text NOT NULL, correction_id text NOT NULL,
        from_ref text NOT NULL, to_ref text NOT NULL, images text NOT NULL,
        PRIMARY KEY (tenant, bucket, call_hash))`,
      // Calls of before get an empty note, so that forgetting finds them. The bucket is the first byte of the
      // reference; no function that turns hex into a number is common to both engines.
      `INSERT INTO call_notes (tenant, bucket, customer_ref, called_at, call_hash, ended_at, state, intent,
          intent_status, variables, expires_at)
        SELECT tenant, 16 * ${hexDigitAt(1)} + ${hexDigitAt(2)},
          customer_ref, MIN(answered_at), call_hash, MAX(CASE WHEN stage = 'end' THEN answered_at END),
          'held', '', '', '{}', 0
        FROM calls WHERE tenant <> '' GROUP BY tenant, customer_ref, call_hash
        ON CONFLICT (tenant, bucket, customer_ref, called_at, call_hash) DO NOTHING`,
    ],
  },
  {
    version: 4,
    name: 'tenants and keys',
    statements: [
      `CREATE TABLE IF NOT EXISTS tenants (
        tenant text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (tenant))`,
      `CREATE TABLE IF NOT EXISTS api_keys (
        key_prefix text NOT NULL, key_hash text NOT NULL, tenant text NOT NULL, scopes text NOT NULL,
        created_at bigint NOT NULL, revoked_at bigint NOT NULL, last_used_at bigint NOT NULL,
        PRIMARY KEY (key_prefix))`,
      `CREATE TABLE IF NOT EXISTS usage (
        tenant text NOT NULL, bucket bigint NOT NULL, month text NOT NULL,
        starts bigint NOT NULL, ends bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, month))`,
    ],
  },
]

/** SQL for the value of one hexadecimal digit of a `customer_ref`. */
function hexDigitAt(position: number): string {
  const cases = Array.from('0123456789abcde', (digit, value) => `WHEN '${digit}' THEN ${value}`)
  return `CASE substr(customer_ref, ${position}, 1) ${cases.join(' ')} ELSE 15 END`
}
