/** Customers that were found to be one. */
export const MERGES_SQL = {
  findAlias: `SELECT into_ref, merged_at FROM customer_aliases
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  insertAlias: `INSERT INTO customer_aliases (tenant, bucket, customer_ref, into_ref, merged_at)
    VALUES ($1, $2, $3, $4, $5)`,
  eraseAlias: `DELETE FROM customer_aliases WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3`,
  findMerges: `SELECT customer_ref, merge_number, merged_at, images, calls FROM customer_merges
    WHERE tenant = $1 AND bucket = $2 AND into_ref = $3 ORDER BY merge_number`,
  insertMerge: `INSERT INTO customer_merges
      (tenant, bucket, into_ref, customer_ref, merge_number, merged_at, images, calls)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
  rewriteMerge: `UPDATE customer_merges SET images = $5
    WHERE tenant = $1 AND bucket = $2 AND into_ref = $3 AND customer_ref = $4`,
  eraseMerge: `DELETE FROM customer_merges
    WHERE tenant = $1 AND bucket = $2 AND into_ref = $3 AND customer_ref = $4`,
  findNotePlaces: `SELECT called_at, call_hash FROM call_notes
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 ORDER BY called_at DESC, call_hash DESC`,
} as const
