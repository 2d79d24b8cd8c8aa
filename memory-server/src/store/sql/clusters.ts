/** What a transaction over several clusters keeps about itself until every part of it is written. */
export const CLUSTERS_SQL = {
  insertPending: `INSERT INTO pending_writes (tenant, bucket, work_key, work_id, written_at, writes)
    VALUES ($1, $2, $3, $4, $5, $6)`,
  findPending: `SELECT writes FROM pending_writes
    WHERE tenant = $1 AND bucket = $2 AND work_key = $3 AND work_id = $4`,
  holdPending: `UPDATE pending_writes SET written_at = written_at
    WHERE tenant = $1 AND bucket = $2 AND work_key = $3 AND work_id = $4`,
  deletePending: `DELETE FROM pending_writes
    WHERE tenant = $1 AND bucket = $2 AND work_key = $3 AND work_id = $4`,
  insertApplied: `INSERT INTO applied_writes (tenant, bucket, work_id, applied_at) VALUES ($1, $2, $3, $4)`,
  findApplied: `SELECT work_id FROM applied_writes WHERE tenant = $1 AND bucket = $2 AND work_id = $3`,
  deleteApplied: `DELETE FROM applied_writes WHERE tenant = $1 AND bucket = $2 AND work_id = $3`,
} as const

/**
 * Statements on one named cluster. Only several clusters of PostgreSQL need them, so they are in its SQL and not in
 * the one that all engines share.
 */
export const ONE_CLUSTER_SQL = {
  // One message. The lock keeps the buckets where they are until the transaction ends, and is taken before a
  // serializable transaction decides what it sees.
  open: `BEGIN; SET LOCAL lock_timeout = 1000; LOCK TABLE cluster_state IN ACCESS SHARE MODE`,
  /** What the cluster holds, and what is unfinished of interest: the work of this key, or of this bucket. */
  look: `SELECT name, value FROM cluster_state WHERE name = 'buckets'
    UNION ALL SELECT 'pending', CAST(bucket AS text) || ' ' || work_key || ' ' || work_id FROM pending_writes
    WHERE tenant = $1 AND (work_key = $2 OR bucket = CAST($3 AS bigint))`,
  findState: `SELECT name, value FROM cluster_state`,
  insertState: `INSERT INTO cluster_state (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
  findStuck: `SELECT tenant, CAST(bucket AS text) || ' ' || work_key || ' ' || work_id AS value FROM pending_writes
    WHERE written_at < $1 ORDER BY written_at LIMIT 100`,
  // Waits for every transaction on the cluster and lets none begin; in small doses, so that nobody waits long.
  openAlone: `BEGIN; SET LOCAL lock_timeout = 200; LOCK TABLE cluster_state IN ACCESS EXCLUSIVE MODE`,
  findBuckets: `SELECT value FROM cluster_state WHERE name = 'buckets'`,
  saveBuckets: `UPDATE cluster_state SET value = $1 WHERE name = 'buckets'`,
  endSessions: `SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity
    WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid()`,
  countSessions: `SELECT count(*) AS open FROM pg_stat_activity
    WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid()`,
  findColumns: `SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position`,
} as const
