import type { Clock } from '../../../src/clock.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import type { Vault } from '../identity/vault.ts'
import type { RetentionRules } from '../maintenance/sweep.ts'
import type { Redact } from '../redaction/redact.ts'
import type { Database } from '../store/database.ts'
import type { Retentions } from '../tenants/retention.ts'

/** What answering a request needs. */
export interface Memory {
  readonly database: Database
  readonly tenant: string
  /** Who asks, as the audit log names them. */
  readonly actor: string
  readonly keyedHash: KeyedHash
  /** Seals the readable form of identifiers; without one they are kept as hashes only. */
  readonly vault: Vault | undefined
  readonly clock: Clock
  /** The time of this moment rather than of the request, in epoch milliseconds. It never goes back. */
  readonly now: () => number
  /** How long the change feed keeps events; undefined when there is none. */
  readonly eventRetentionMs: number | undefined
  /** How long what is said is remembered. */
  readonly retentions: Retentions
  /** Removes from a text what must not be kept. */
  readonly redact: Redact
  /** How long what is past its use stays stored. */
  readonly rules: RetentionRules
  /** How many starts and ends a tenant may have in a month of UTC; undefined for any number. */
  readonly monthlyQuota: number | undefined
}
