import type { Vault } from '../identity/vault.ts'
import type { Database } from '../store/database.ts'
import { findEncryptionKeyIds, retireEncryptionKey } from '../store/installation.ts'
import { allPlaces } from '../store/places.ts'
import type { Place } from '../store/places.ts'
import { dropSealedBy, findSealedOtherwise, resealReadable } from '../store/readable-identifiers.ts'

/** What a rotation works on. */
export interface RotateOptions {
  readonly database: Database
  readonly vault: Vault
  /** Told how many identifiers were sealed anew so far, after each batch. */
  readonly onProgress?: (resealed: number) => void
  /** Asked before each batch; true ends the rotation early. It goes on where it stopped when run again. */
  readonly isStopping?: () => boolean
}

const BATCH = 200
// A server that still seals with an older key may add rows behind the walk; the next walk finds them.
const MOST_WALKS = 3

/**
 * Seals every identifier with the first key that another key sealed, in small transactions, while servers go on.
 * When nothing is left, the older keys are noted as unused and may leave the configuration. Answers how many
 * identifiers were sealed anew, and whether none is left.
 *
 * @throws CM_CONFIG_INVALID when a key is missing, CM_STORE_DAMAGED when a sealed text was changed.
 */
export async function rotateKeys(options: RotateOptions): Promise<{ resealed: number; done: boolean }> {
  const { database, vault, isStopping = () => false } = options
  const older = (await findEncryptionKeyIds(database)).filter((keyId) => keyId !== vault.keyIds[0])
  let resealed = 0
  if (older.length === 0) return { resealed, done: true }
  for (let walk = 0; walk < MOST_WALKS; walk += 1) {
    let found = 0
    for await (const place of allPlaces(database)) {
      found += await rotatePlace(options, place, resealed + found)
      if (isStopping()) return { resealed: resealed + found, done: false }
    }
    resealed += found
    if (found > 0) continue
    await database.transaction(async (transaction) => {
      for (const keyId of older) await retireEncryptionKey(transaction, keyId)
    })
    return { resealed, done: true }
  }
  return { resealed, done: false }
}

async function rotatePlace(
  { database, vault, onProgress = () => undefined, isStopping = () => false }: RotateOptions,
  { tenant, bucket }: Place,
  before: number,
): Promise<number> {
  let resealed = 0
  for (let after = ''; !isStopping();) {
    const where = { bucket, after, keyId: vault.keyIds[0], limit: BATCH }
    const batch = await database.transaction(async (transaction) => {
      const scope = { transaction, tenant }
      const found = await findSealedOtherwise(scope, where)
      for (const identifier of found) await resealReadable(scope, vault, identifier)
      return found
    })
    const last = batch.at(-1)
    if (!last) break
    resealed += batch.length
    onProgress(before + resealed)
    if (batch.length < BATCH) break
    after = last.identifierHash
  }
  return resealed
}

/** Removes what a lost key sealed; the hashes stay, so callers are still found. */
export async function dropKey(database: Database, keyId: string): Promise<void> {
  for await (const { tenant, bucket } of allPlaces(database)) {
    await database.transaction((transaction) => dropSealedBy({ transaction, tenant }, bucket, keyId))
  }
  await database.transaction((transaction) => retireEncryptionKey(transaction, keyId))
}
