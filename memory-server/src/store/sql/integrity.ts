const orphansIn = (table: string): string => `SELECT COUNT(*) AS total FROM ${table} o
    WHERE o.tenant = $1 AND o.bucket = $2 AND NOT EXISTS (SELECT 1 FROM customers c
      WHERE c.tenant = $1 AND c.bucket = $2 AND c.customer_ref = o.customer_ref)`

type IntegrityStatement =
  | 'orphanIntents'
  | 'orphanVariables'
  | 'orphanNotes'
  | 'orphanNamespaces'
  | 'orphanIdentifiers'
  | 'orphanReadable'
  | 'pageOfCustomers'
  | 'pageOfLinks'
  | 'pageOfIdentifiers'
  | 'findIdentifierOf'

/** What `verify` asks: rows that belong to nobody, and pages to compare with rows of other buckets. */
export const INTEGRITY_SQL: Readonly<Record<IntegrityStatement, string>> = {
  orphanIntents: orphansIn('intents'),
  orphanVariables: orphansIn('variables'),
  orphanNotes: orphansIn('call_notes'),
  orphanNamespaces: orphansIn('identifier_namespaces'),
  orphanIdentifiers: orphansIn('customer_identifiers'),
  orphanReadable: `SELECT COUNT(*) AS total FROM readable_identifiers o
    WHERE o.tenant = $1 AND o.bucket = $2 AND NOT EXISTS (SELECT 1 FROM identifier_links l
      WHERE l.tenant = $1 AND l.bucket = $2 AND l.identifier_hash = o.identifier_hash)`,
  pageOfCustomers: `SELECT customer_ref FROM customers
    WHERE tenant = $1 AND bucket = $2 AND customer_ref > $3 ORDER BY customer_ref LIMIT $4`,
  pageOfLinks: `SELECT identifier_hash, customer_ref FROM identifier_links
    WHERE tenant = $1 AND bucket = $2 AND (identifier_hash > $3 OR (identifier_hash = $3 AND customer_ref > $4))
    ORDER BY identifier_hash, customer_ref LIMIT $5`,
  pageOfIdentifiers: `SELECT customer_ref, identifier_hash FROM customer_identifiers
    WHERE tenant = $1 AND bucket = $2 AND (customer_ref > $3 OR (customer_ref = $3 AND identifier_hash > $4))
    ORDER BY customer_ref, identifier_hash LIMIT $5`,
  findIdentifierOf: `SELECT kind FROM customer_identifiers
    WHERE tenant = $1 AND bucket = $2 AND customer_ref = $3 AND identifier_hash = $4`,
}

/** SQLite's own check of its file. */
export const SQLITE_CHECK = 'PRAGMA integrity_check(10)'
