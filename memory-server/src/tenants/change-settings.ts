import type { Memory } from '../calls/memory.ts'
import { checkBody } from '../request/body.ts'
import { appendAudit } from '../store/audit.ts'
import { findTenantSettings, saveTenantSetting, TENANT_SETTINGS } from '../store/tenant-settings.ts'
import type { TenantSetting, TenantSettings } from '../store/tenant-settings.ts'
import { effective, MAX_DAYS } from './retention.ts'
import type { ServerSettings } from './retention.ts'

/** A change of settings: a number of days, or null for the server's own. What is absent stays. */
export type SettingsChange = Readonly<Partial<Record<TenantSetting, number | null>>>

/** Answer of `GET` and `PATCH /v1/settings`. */
export interface SettingsAnswer {
  /** What the tenant decided; null where the server's setting holds. */
  readonly tenant: Readonly<Record<TenantSetting, number | null>>
  /** What holds. */
  readonly effective: ServerSettings
}

/** Changes the settings of a tenant, all or none of them, and tells what it has now. The audit log tells of it. */
export function changeTenantSettings(
  {
    database,
    keyedHash,
    clock,
    tenant,
    actor,
  }: Pick<Memory, 'database' | 'keyedHash' | 'clock' | 'tenant' | 'actor'>,
  change: SettingsChange,
): Promise<TenantSettings> {
  return database.transaction(
    async (transaction) => {
      for (const name of TENANT_SETTINGS) {
        const value = change[name]
        if (value !== undefined) await saveTenantSetting(transaction, tenant, name, value)
      }
      const detail = TENANT_SETTINGS.filter((name) => change[name] !== undefined).join(' ')
      const event = { at: clock().getTime(), action: 'change_settings', actor, subject: '', detail } as const
      await appendAudit({ transaction, tenant }, keyedHash, 0, event)
      return findTenantSettings(transaction, tenant)
    },
    { repeatable: true },
  )
}

/**
 * Checks the body of `PATCH /v1/settings`. Unknown fields are ignored.
 *
 * @throws CM_PAYLOAD_INVALID with every problem.
 */
export function parseSettingsChange(body: unknown): SettingsChange {
  return checkBody(body, (fields, list) => {
    const changes = TENANT_SETTINGS.flatMap((name): [TenantSetting, number | null][] => {
      if (!Object.hasOwn(fields, name)) return []
      const value = fields[name]
      if (value === null || isDays(name, value)) return [[name, value]]
      list.add([name], `${name} must be a whole number of days from 1 to ${MAX_DAYS[name]}, or null`)
      return []
    })
    return Object.fromEntries(changes)
  })
}

/** Whether a tenant may have so many days. */
export function isDays(name: TenantSetting, value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_DAYS[name]
}

/** The settings of a tenant as the API shows them. */
export function settingsAnswer(own: TenantSettings, ofServer: ServerSettings): SettingsAnswer {
  const none = { variable_ttl_days: null, intent_ttl_days: null }
  return { tenant: { ...none, ...own }, effective: effective(own, ofServer) }
}
