/** The readable forms of identifiers, which only a key of the configuration opens. */
export const IDENTIFIERS_SQL = {
  insertReadable: `INSERT INTO readable_identifiers (tenant, bucket, identifier_hash, key_id, sealed)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, bucket, identifier_hash) DO NOTHING`,
  findReadable: `SELECT key_id, sealed FROM readable_identifiers
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3`,
  eraseReadable: `DELETE FROM readable_identifiers
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3`,
  findSealedOtherwise: `SELECT identifier_hash, key_id, sealed FROM readable_identifiers
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash > $3 AND key_id <> $4
    ORDER BY identifier_hash LIMIT $5`,
  resealReadable: `UPDATE readable_identifiers SET key_id = $4, sealed = $5
    WHERE tenant = $1 AND bucket = $2 AND identifier_hash = $3 AND key_id = $6`,
  dropSealedBy: `DELETE FROM readable_identifiers WHERE tenant = $1 AND bucket = $2 AND key_id = $3`,
  // The table has a handful of rows and no tenant.
  listInstallation: `SELECT name, value FROM installation ORDER BY name`,
  deleteInstallation: `DELETE FROM installation WHERE name = $1`,
} as const
