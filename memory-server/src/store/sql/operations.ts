/** The schema's history, tenants, keys and usage. */
export const OPERATIONS_SQL = {
  createMigrations: `CREATE TABLE IF NOT EXISTS schema_migrations (
      version bigint NOT NULL, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL,
      PRIMARY KEY (version))`,
  findMigrations: `SELECT version, checksum FROM schema_migrations ORDER BY version`,
  findMigration: `SELECT version FROM schema_migrations WHERE version = $1`,
  insertMigration: `INSERT INTO schema_migrations (version, name, checksum, applied_at)
    VALUES ($1, $2, $3, $4)`,
  findInstallation: `SELECT value FROM installation WHERE name = $1`,
  insertInstallation: `INSERT INTO installation (name, value) VALUES ($1, $2)`,
  // A key is looked up before its tenant is known, so these two tables are small, whole and led by their names.
  insertTenant: `INSERT INTO tenants (tenant, created_at) VALUES ($1, $2) ON CONFLICT (tenant) DO NOTHING`,
  findTenantSettings: `SELECT name, value FROM tenant_settings WHERE tenant = $1`,
  saveTenantSetting: `INSERT INTO tenant_settings (tenant, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value`,
  deleteTenantSetting: `DELETE FROM tenant_settings WHERE tenant = $1 AND name = $2`,
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
  // All buckets of one tenant: 256 rows a month at most. Whoever adds up counts a bucket that moves once.
  findUsage: `SELECT bucket, starts, ends FROM usage WHERE tenant = $1 AND month = $2`,
} as const
