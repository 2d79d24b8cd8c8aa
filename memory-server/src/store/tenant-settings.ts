import { numberOf, textOf } from './database.ts'
import type { Transaction } from './database.ts'
import { STATEMENTS } from './statements.ts'

/** What a tenant may decide for itself, in days. */
export const TENANT_SETTINGS = ['variable_ttl_days', 'intent_ttl_days'] as const

/** The name of a tenant's setting. */
export type TenantSetting = (typeof TENANT_SETTINGS)[number]

/** The settings of a tenant; what is not there is as the server's. */
export type TenantSettings = Readonly<Partial<Record<TenantSetting, number>>>

/** Finds the settings of a tenant. */
export async function findTenantSettings(
  source: Pick<Transaction, 'read'>,
  tenant: string,
): Promise<TenantSettings> {
  const rows = await source.read(STATEMENTS.findTenantSettings, [tenant])
  const found = new Map(rows.map((row) => [textOf(row, 'name'), numberOf(row, 'value')]))
  return Object.fromEntries(
    TENANT_SETTINGS.flatMap((name) => (found.has(name) ? [[name, found.get(name)]] : [])),
  )
}

/** Changes a setting of a tenant; null makes it as the server's again. */
export async function saveTenantSetting(
  transaction: Transaction,
  tenant: string,
  name: TenantSetting,
  value: number | null,
): Promise<void> {
  if (value === null) await transaction.run(STATEMENTS.deleteTenantSetting, [tenant, name])
  else await transaction.run(STATEMENTS.saveTenantSetting, [tenant, name, value])
}
