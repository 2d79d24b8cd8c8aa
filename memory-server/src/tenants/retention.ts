import type { Scope } from '../store/scope.ts'
import { findTenantSettings } from '../store/tenant-settings.ts'
import type { TenantSetting, TenantSettings } from '../store/tenant-settings.ts'

/** How long what a tenant's callers said is remembered. */
export interface Retention {
  /** How long a variable is remembered after it was last written, unless the write says otherwise. */
  readonly variableTtlMs: number
  /** How long an intent stays open after a call last named it. */
  readonly intentTtlMs: number
}

/** Values in days for every setting that a tenant may leave to the server. */
export type ServerSettings = Readonly<Record<TenantSetting, number>>

/** Tells the retention of tenants. */
export interface Retentions {
  /** What holds where a tenant decides nothing. */
  readonly ofServer: ServerSettings
  /**
   * The retention of a scope's tenant at a time in epoch milliseconds. What another server process changed is known
   * after five seconds at most.
   */
  readonly of: (scope: Scope, at: number) => Promise<Retention>
  /** Has the next request read a tenant's settings anew. */
  readonly forget: (tenant: string) => void
}

/** How many days each setting may have at most. */
export const MAX_DAYS: ServerSettings = { variable_ttl_days: 365, intent_ttl_days: 3650 }

const DAY_MS = 86_400_000

// Read once in a while, so that not every request waits for the database twice.
const BELIEVED_MS = 5000
const MAX_BELIEVED = 10_000

/** Creates the reader of retentions. */
export function createRetentions(ofServer: ServerSettings): Retentions {
  const believed = new Map<string, { readonly retention: Retention; readonly readAt: number }>()
  return {
    ofServer,
    of: async ({ transaction, tenant }, at) => {
      const known = believed.get(tenant)
      if (known && Math.abs(at - known.readAt) < BELIEVED_MS) return known.retention
      const retention = retentionOf(effective(await findTenantSettings(transaction, tenant), ofServer))
      if (believed.size >= MAX_BELIEVED) believed.clear()
      believed.set(tenant, { retention, readAt: at })
      return retention
    },
    forget: (tenant) => void believed.delete(tenant),
  }
}

/** What holds for a tenant: its own settings, for the others the server's. */
export function effective(own: TenantSettings, ofServer: ServerSettings): ServerSettings {
  return { ...ofServer, ...own }
}

function retentionOf({ variable_ttl_days, intent_ttl_days }: ServerSettings): Retention {
  return { variableTtlMs: variable_ttl_days * DAY_MS, intentTtlMs: intent_ttl_days * DAY_MS }
}
