import type { Identifier } from '../identity/identifiers.ts'
import { bucketOfHash } from '../identity/keyed-hash.ts'
import type { Sealed, SealPlace, Vault } from '../identity/vault.ts'
import { textOf } from './database.ts'
import type { Row } from './database.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** A sealed identifier and whose it is. */
export interface SealedIdentifier {
  readonly identifierHash: string
  readonly sealed: Sealed
}

/** Where an identifier's readable form belongs. The same for all customers who share it. */
function placeOf(tenant: string, identifierHash: string): SealPlace {
  return ['readable_identifiers', tenant, identifierHash]
}

/** Keeps the readable form of an identifier, sealed. One that is there already stays. */
export async function saveReadable(
  { transaction, tenant }: Scope,
  vault: Vault,
  { bucket, hash, value }: Identifier,
): Promise<void> {
  const { keyId, box } = vault.seal(placeOf(tenant, hash), value)
  await transaction.run(STATEMENTS.insertReadable, [tenant, bucket, hash, keyId, box])
}

/**
 * Finds the readable form of an identifier; undefined when none is kept.
 *
 * @throws CM_CONFIG_INVALID when its key is missing, CM_STORE_DAMAGED when it was changed.
 */
export async function findReadable(
  { transaction, tenant }: Scope,
  vault: Vault | undefined,
  identifierHash: string,
): Promise<string | undefined> {
  if (!vault) return undefined
  const key = [tenant, bucketOfHash(identifierHash), identifierHash]
  const [row] = await transaction.read(STATEMENTS.findReadable, key)
  return row && vault.open(placeOf(tenant, identifierHash), sealedOf(row))
}

/**
 * Finds identifiers of one bucket that another key than `keyId` sealed, in the order of their hashes, those after
 * `after` only, at most `limit`.
 */
export async function findSealedOtherwise(
  { transaction, tenant }: Scope,
  { bucket, after, keyId, limit }: { bucket: number; after: string; keyId: string; limit: number },
): Promise<SealedIdentifier[]> {
  const rows = await transaction.read(STATEMENTS.findSealedOtherwise, [tenant, bucket, after, keyId, limit])
  return rows.map((row) => ({ identifierHash: textOf(row, 'identifier_hash'), sealed: sealedOf(row) }))
}

/** Seals an identifier anew with the vault's first key, unless it is gone or was sealed anew meanwhile. */
export async function resealReadable(
  { transaction, tenant }: Scope,
  vault: Vault,
  { identifierHash, sealed }: SealedIdentifier,
): Promise<void> {
  const place = placeOf(tenant, identifierHash)
  const { keyId, box } = vault.seal(place, vault.open(place, sealed))
  const key = [tenant, bucketOfHash(identifierHash), identifierHash]
  await transaction.run(STATEMENTS.resealReadable, [...key, keyId, box, sealed.keyId])
}

/** Removes an identifier's readable form. */
export async function eraseReadable({ transaction, tenant }: Scope, identifierHash: string): Promise<void> {
  const key = [tenant, bucketOfHash(identifierHash), identifierHash]
  await transaction.run(STATEMENTS.eraseReadable, key)
}

function sealedOf(row: Row): Sealed {
  return { keyId: textOf(row, 'key_id'), box: textOf(row, 'sealed') }
}

/** Removes what one key sealed in a bucket. */
export async function dropSealedBy(
  { transaction, tenant }: Scope,
  bucket: number,
  keyId: string,
): Promise<void> {
  await transaction.run(STATEMENTS.dropSealedBy, [tenant, bucket, keyId])
}
