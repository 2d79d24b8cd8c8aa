/** The audit log, a chain for each bucket of a tenant, and the rates that servers share. */
export const AUDIT_SQL = {
  // Makes the head where there is none, and keeps others from appending until the transaction ends.
  claimAuditHead: `INSERT INTO audit_heads (tenant, bucket, seq, mac, pruned_seq, pruned_mac, seal)
    VALUES ($1, $2, 0, '', 0, '', '')
    ON CONFLICT (tenant, bucket) DO UPDATE SET seq = audit_heads.seq`,
  findAuditHead: `SELECT seq, mac, pruned_seq, pruned_mac, seal FROM audit_heads
    WHERE tenant = $1 AND bucket = $2`,
  writeAuditHead: `UPDATE audit_heads SET seq = $3, mac = $4, pruned_seq = $5, pruned_mac = $6, seal = $7
    WHERE tenant = $1 AND bucket = $2`,
  insertAuditEntry: `INSERT INTO audit_entries
      (tenant, bucket, seq, at, action, actor, subject, detail, mac)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
  findAuditEntries: `SELECT seq, at, action, actor, subject, detail, mac FROM audit_entries
    WHERE tenant = $1 AND bucket = $2 AND seq > $3 ORDER BY seq LIMIT $4`,
  pruneAuditEntries: `DELETE FROM audit_entries WHERE tenant = $1 AND bucket = $2 AND seq <= $3`,
  // A window that has passed begins anew; one that another server's clock has begun already stays.
  claimRateWindow: `INSERT INTO rate_windows (tenant, bucket, window_start, taken) VALUES ($1, $2, $3, 0)
    ON CONFLICT (tenant, bucket) DO UPDATE SET
      taken = CASE WHEN rate_windows.window_start BETWEEN excluded.window_start AND excluded.window_start + 120000
        THEN rate_windows.taken ELSE 0 END,
      window_start = CASE WHEN rate_windows.window_start BETWEEN excluded.window_start AND excluded.window_start + 120000
        THEN rate_windows.window_start ELSE excluded.window_start END`,
  findRateWindow: `SELECT window_start, taken FROM rate_windows WHERE tenant = $1 AND bucket = $2`,
  takeOfRateWindow: `UPDATE rate_windows SET taken = $3 WHERE tenant = $1 AND bucket = $2`,
  claimTurn: `INSERT INTO turns (tenant, bucket, job, holder, expires_at, due_at)
    VALUES ($1, $2, $3, '', 0, 0)
    ON CONFLICT (tenant, bucket, job) DO UPDATE SET holder = turns.holder`,
  findTurn: `SELECT holder, expires_at, due_at FROM turns WHERE tenant = $1 AND bucket = $2 AND job = $3`,
  writeTurn: `UPDATE turns SET holder = $4, expires_at = $5, due_at = $6
    WHERE tenant = $1 AND bucket = $2 AND job = $3`,
} as const
