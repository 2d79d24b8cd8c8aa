import { DEFAULT_TENANT } from '../keys/api-key.ts'
import { textOf } from './database.ts'
import type { Database, Transaction } from './database.ts'
import { STATEMENTS } from './statements.ts'

/** Records a tenant. One that is there stays as it is. */
export async function insertTenant(transaction: Transaction, tenant: string, now: number): Promise<void> {
  await transaction.run(STATEMENTS.insertTenant, [tenant, now])
}

/** Lists the tenants by name. The default one is always there. */
export async function listTenants(source: Pick<Database, 'read'>): Promise<string[]> {
  const rows = await source.read(STATEMENTS.listTenants, [])
  return [...new Set([DEFAULT_TENANT, ...rows.map((row) => textOf(row, 'tenant'))])].toSorted()
}
