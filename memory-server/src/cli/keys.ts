import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import { hashOfApiKey, mintApiKey, prefixOf } from '../keys/api-key.ts'
import { findApiKey, insertApiKey, listApiKeys, revokeApiKey } from '../store/api-keys.ts'
import { appendAudit } from '../store/audit.ts'
import type { AuditAction } from '../store/audit.ts'
import type { Database, Transaction } from '../store/database.ts'
import { insertTenant, listTenants } from '../store/tenants.ts'
import { TENANT_SETTINGS } from '../store/tenant-settings.ts'
import { changeTenantSettings } from '../tenants/change-settings.ts'
import type { Command } from './command-forms.ts'

/** The commands that work on the keys and tenants of a database. */
export type KeyCommand = Extract<
  Command,
  {
    readonly kind: 'create key' | 'revoke key' | 'list keys' | 'create tenant' | 'set tenant' | 'list tenants'
  }
>

/** What these commands need. */
export interface KeyCommandOptions {
  readonly database: Database
  readonly keyedHash: KeyedHash
  readonly clock: Clock
}

/**
 * Does what the command says and returns the lines to show. A new key stands on the first line, here and never again.
 *
 * @throws CM_USAGE when the tenant or the key does not exist.
 */
export async function runKeyCommand(command: KeyCommand, options: KeyCommandOptions): Promise<string[]> {
  const { database, clock } = options
  switch (command.kind) {
    case 'create key':
      return createKey(command, options)
    case 'revoke key':
      return revokeKey(command.prefix, options)
    case 'list keys':
      return (await listApiKeys(database)).map((record) =>
        [
          record.prefix,
          record.tenant,
          record.scopes.join(','),
          `created ${timeOf(record.createdAt)}`,
          `last used ${timeOf(record.lastUsedAt)}`,
          `revoked ${timeOf(record.revokedAt)}`,
        ].join('  '),
      )
    case 'create tenant':
      await database.transaction(async (transaction) => {
        await insertTenant(transaction, command.tenant, clock().getTime())
        await recordCommand(options, transaction, command.tenant, 'create_tenant', command.tenant)
      })
      return [`tenant ${command.tenant} is there`]
    case 'set tenant':
      return setTenant(command, options)
    case 'list tenants':
      return listTenants(database)
  }
}

async function setTenant(
  { tenant, change }: Extract<Command, { kind: 'set tenant' }>,
  { database, keyedHash, clock }: KeyCommandOptions,
): Promise<string[]> {
  if (!(await listTenants(database)).includes(tenant)) throw noSuchTenant()
  const by = { database, keyedHash, clock, tenant, actor: 'command line' }
  const own = await changeTenantSettings(by, change)
  return TENANT_SETTINGS.map((name) => `${name} of ${tenant}: ${own[name] ?? 'as the server'}`)
}

function noSuchTenant(): CallerMemoryError {
  return new CallerMemoryError('CM_USAGE', 'there is no such tenant: make it with "tenants create"')
}

async function createKey(
  { tenant, mode, scopes }: Extract<Command, { kind: 'create key' }>,
  options: KeyCommandOptions,
): Promise<string[]> {
  const { database, keyedHash, clock } = options
  if (!(await listTenants(database)).includes(tenant)) throw noSuchTenant()
  const apiKey = mintApiKey(mode)
  const prefix = prefixOf(apiKey) ?? ''
  const keyHash = hashOfApiKey(keyedHash, apiKey)
  const record = { prefix, keyHash, tenant, scopes, createdAt: clock().getTime() }
  await database.transaction(async (transaction) => {
    await insertApiKey(transaction, record)
    await recordCommand(options, transaction, tenant, 'create_key', prefix)
  })
  return [apiKey, `Keep it now: it is not shown again. Tenant ${tenant}, scopes ${scopes.join(',')}.`]
}

async function revokeKey(prefix: string, options: KeyCommandOptions): Promise<string[]> {
  const { database, clock } = options
  const found = await database.transaction(async (transaction) => {
    await revokeApiKey(transaction, prefix, clock().getTime())
    const key = await findApiKey(transaction, prefix)
    if (key) await recordCommand(options, transaction, key.tenant, 'revoke_key', prefix)
    return key
  })
  if (!found) throw new CallerMemoryError('CM_USAGE', 'there is no such key: see "keys list"')
  return [`${prefix} is revoked`]
}

/** Keys and tenants are nobody's data, so the entry names them. */
async function recordCommand(
  { keyedHash, clock }: KeyCommandOptions,
  transaction: Transaction,
  tenant: string,
  action: AuditAction,
  detail: string,
): Promise<void> {
  const event = { at: clock().getTime(), action, actor: 'command line', subject: '', detail }
  await appendAudit({ transaction, tenant }, keyedHash, 0, event)
}

function timeOf(epochMs: number): string {
  return epochMs === 0 ? 'never' : new Date(epochMs).toISOString()
}
