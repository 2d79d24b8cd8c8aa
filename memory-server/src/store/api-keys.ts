import { KEY_SCOPES } from '../keys/api-key.ts'
import type { KeyScope } from '../keys/api-key.ts'
import { numberOf, textOf } from './database.ts'
import type { Database, Row, Transaction } from './database.ts'
import { STATEMENTS } from './statements.ts'

/** A key as it is kept: never the key itself. Times are epoch milliseconds; 0 means never. */
export interface ApiKeyRecord {
  readonly prefix: string
  readonly keyHash: string
  readonly tenant: string
  readonly scopes: readonly KeyScope[]
  readonly createdAt: number
  readonly revokedAt: number
  readonly lastUsedAt: number
}

/** Keeps a new key. */
export async function insertApiKey(
  transaction: Transaction,
  record: Pick<ApiKeyRecord, 'prefix' | 'keyHash' | 'tenant' | 'scopes' | 'createdAt'>,
): Promise<void> {
  const { prefix, keyHash, tenant, scopes, createdAt } = record
  await transaction.run(STATEMENTS.insertApiKey, [prefix, keyHash, tenant, scopes.join(' '), createdAt])
}

/** Finds a key by its prefix; undefined when there is none. */
export async function findApiKey(
  source: Pick<Database, 'read'>,
  prefix: string,
): Promise<ApiKeyRecord | undefined> {
  const [row] = await source.read(STATEMENTS.findApiKey, [prefix])
  return row && recordOf(row)
}

/** Lists the keys of all tenants, by tenant and age. */
export async function listApiKeys(source: Pick<Database, 'read'>): Promise<ApiKeyRecord[]> {
  return (await source.read(STATEMENTS.listApiKeys, [])).map(recordOf)
}

/** Revokes a key for good. The first revocation's time stays. */
export async function revokeApiKey(transaction: Transaction, prefix: string, now: number): Promise<void> {
  await transaction.run(STATEMENTS.revokeApiKey, [prefix, now])
}

/** Notes that a key was used. The time never goes back. */
export async function touchApiKey(transaction: Transaction, prefix: string, now: number): Promise<void> {
  await transaction.run(STATEMENTS.touchApiKey, [prefix, now])
}

function recordOf(row: Row): ApiKeyRecord {
  const scopes = new Set(textOf(row, 'scopes').split(' '))
  return {
    prefix: textOf(row, 'key_prefix'),
    keyHash: textOf(row, 'key_hash'),
    tenant: textOf(row, 'tenant'),
    scopes: KEY_SCOPES.filter((scope) => scopes.has(scope)),
    createdAt: numberOf(row, 'created_at'),
    revokedAt: numberOf(row, 'revoked_at'),
    lastUsedAt: numberOf(row, 'last_used_at'),
  }
}
