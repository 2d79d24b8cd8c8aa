/** One forward step of the schema. Each statement may run again, in case the step was cut short. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly statements: readonly string[]
  /** Columns that tables of before gain. They may be null: not every engine takes a default for them. */
  readonly columns?: readonly NewColumn[]
}

/** A column that a table gains. No statement that adds one may run twice on every engine, so it is no statement. */
export interface NewColumn {
  readonly table: string
  readonly column: string
  readonly type: 'text' | 'bigint'
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
  {
    version: 6,
    name: 'complete memory',
    columns: [
      { table: 'variables', column: 'source', type: 'text' },
      { table: 'call_notes', column: 'more_intents', type: 'text' },
      { table: 'identifier_links', column: 'confirmed_count', type: 'bigint' },
      { table: 'identifier_links', column: 'corrected_count', type: 'bigint' },
    ],
    statements: [
      `CREATE TABLE IF NOT EXISTS tenant_settings (
        tenant text NOT NULL, name text NOT NULL, value bigint NOT NULL, PRIMARY KEY (tenant, name))`,
      `CREATE TABLE IF NOT EXISTS customer_aliases (
        tenant text NOT NULL, bucket bigint NOT NULL, customer_ref text NOT NULL, into_ref text NOT NULL,
        merged_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, customer_ref))`,
      `CREATE TABLE IF NOT EXISTS customer_merges (
        tenant text NOT NULL, bucket bigint NOT NULL, into_ref text NOT NULL, customer_ref text NOT NULL,
        merge_number bigint NOT NULL, merged_at bigint NOT NULL, images text NOT NULL, calls text NOT NULL,
        PRIMARY KEY (tenant, bucket, into_ref, customer_ref))`,
      `CREATE TABLE IF NOT EXISTS events (
        tenant text NOT NULL, bucket bigint NOT NULL, recorded_at bigint NOT NULL, event_id text NOT NULL,
        kinds text NOT NULL, customer_ref text NOT NULL,
        PRIMARY KEY (tenant, bucket, recorded_at, event_id))`,
    ],
  },
  {
    version: 7,
    name: 'readable identifiers',
    statements: [
      `CREATE TABLE IF NOT EXISTS readable_identifiers (
        tenant text NOT NULL, bucket bigint NOT NULL, identifier_hash text NOT NULL,
        key_id text NOT NULL, sealed text NOT NULL,
        PRIMARY KEY (tenant, bucket, identifier_hash))`,
    ],
  },
  {
    version: 8,
    name: 'audit log, shared rates and turns',
    statements: [
      `CREATE TABLE IF NOT EXISTS audit_entries (
        tenant text NOT NULL, bucket bigint NOT NULL, seq bigint NOT NULL, at bigint NOT NULL,
        action text NOT NULL, actor text NOT NULL, subject text NOT NULL, detail text NOT NULL,
        mac text NOT NULL,
        PRIMARY KEY (tenant, bucket, seq))`,
      `CREATE TABLE IF NOT EXISTS audit_heads (
        tenant text NOT NULL, bucket bigint NOT NULL, seq bigint NOT NULL, mac text NOT NULL,
        pruned_seq bigint NOT NULL, pruned_mac text NOT NULL, seal text NOT NULL,
        PRIMARY KEY (tenant, bucket))`,
      `CREATE TABLE IF NOT EXISTS rate_windows (
        tenant text NOT NULL, bucket bigint NOT NULL, window_start bigint NOT NULL, taken bigint NOT NULL,
        PRIMARY KEY (tenant, bucket))`,
      `CREATE TABLE IF NOT EXISTS turns (
        tenant text NOT NULL, bucket bigint NOT NULL, job text NOT NULL, holder text NOT NULL,
        expires_at bigint NOT NULL, due_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, job))`,
    ],
  },
  {
    version: 9,
    name: 'several clusters',
    statements: [
      `CREATE TABLE IF NOT EXISTS cluster_state (
        name text NOT NULL, value text NOT NULL, PRIMARY KEY (name))`,
      `CREATE TABLE IF NOT EXISTS pending_writes (
        tenant text NOT NULL, bucket bigint NOT NULL, work_key text NOT NULL, work_id text NOT NULL,
        written_at bigint NOT NULL, writes text NOT NULL,
        PRIMARY KEY (tenant, bucket, work_key))`,
      `CREATE TABLE IF NOT EXISTS applied_writes (
        tenant text NOT NULL, bucket bigint NOT NULL, work_id text NOT NULL, applied_at bigint NOT NULL,
        PRIMARY KEY (tenant, bucket, work_id))`,
    ],
  },
]

/** SQL for the value of one hexadecimal digit of a `customer_ref`. */
function hexDigitAt(position: number): string {
  const cases = Array.from('0123456789abcde', (digit, value) => `WHEN '${digit}' THEN ${value}`)
  return `CASE substr(customer_ref, ${position}, 1) ${cases.join(' ')} ELSE 15 END`
}
