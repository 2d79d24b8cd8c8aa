import { AUDIT_SQL } from './sql/audit.ts'
import { CALLS_SQL } from './sql/calls.ts'
import { CLUSTERS_SQL } from './sql/clusters.ts'
import { CUSTOMERS_SQL } from './sql/customers.ts'
import { EVENTS_SQL } from './sql/events.ts'
import { IDENTIFIERS_SQL } from './sql/identifiers.ts'
import { INTEGRITY_SQL } from './sql/integrity.ts'
import { MERGES_SQL } from './sql/merges.ts'
import { OPERATIONS_SQL } from './sql/operations.ts'
import { RETENTION_SQL } from './sql/retention.ts'
import { VARIABLES_SQL } from './sql/variables.ts'

/**
 * Every statement of the store, in the SQL that SQLite and the PostgreSQL family understand alike.
 *
 * To keep it that way: tenant and bucket lead every key and every condition, placeholders are `$1`, ids and
 * times come from the server, no foreign keys, sequences or triggers, no statement that changes data inside
 * another one, and conflict targets are plain columns.
 */
export const STATEMENTS: typeof AUDIT_SQL &
  typeof CALLS_SQL &
  typeof VARIABLES_SQL &
  typeof CLUSTERS_SQL &
  typeof CUSTOMERS_SQL &
  typeof EVENTS_SQL &
  typeof IDENTIFIERS_SQL &
  typeof INTEGRITY_SQL &
  typeof MERGES_SQL &
  typeof OPERATIONS_SQL &
  typeof RETENTION_SQL = {
  ...AUDIT_SQL,
  ...CALLS_SQL,
  ...VARIABLES_SQL,
  ...CLUSTERS_SQL,
  ...CUSTOMERS_SQL,
  ...EVENTS_SQL,
  ...IDENTIFIERS_SQL,
  ...INTEGRITY_SQL,
  ...MERGES_SQL,
  ...OPERATIONS_SQL,
  ...RETENTION_SQL,
}
