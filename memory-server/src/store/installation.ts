import { CallerMemoryError } from '../../../src/errors.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import { missingKey } from '../identity/vault.ts'
import type { Vault } from '../identity/vault.ts'
import { textOf } from './database.ts'
import type { Database, Transaction } from './database.ts'
import { STATEMENTS } from './statements.ts'

/** Name under which the fingerprint of the hash key is kept. */
export const FINGERPRINT = 'hash_key_fingerprint'
const UNFINISHED = 'restore_unfinished'

/**
 * Makes sure that the database was made with this hash key: with another one, no caller would be found again
 * and nothing would say why.
 *
 * @throws CM_CONFIG_INVALID when it was made with another key, or holds half of a backup.
 */
export async function checkHashKey(database: Database, keyedHash: KeyedHash): Promise<void> {
  const fingerprint = keyedHash(FINGERPRINT)
  const work = async (transaction: Transaction): Promise<string> => {
    if ((await transaction.read(STATEMENTS.findInstallation, [UNFINISHED])).length > 0) {
      throw new CallerMemoryError(
        'CM_CONFIG_INVALID',
        'the restore into this database did not finish: empty it and restore again',
      )
    }
    const [row] = await transaction.read(STATEMENTS.findInstallation, [FINGERPRINT])
    if (row) return textOf(row, 'value')
    await transaction.run(STATEMENTS.insertInstallation, [FINGERPRINT, fingerprint])
    return fingerprint
  }
  const known = await database.transaction(work, { repeatable: true })
  if (known === fingerprint) return
  throw new CallerMemoryError(
    'CM_CONFIG_INVALID',
    'MEMORY_SERVER_HASH_KEY is not the key with which the database was made',
  )
}

/** Marks that a restore has begun, or that it is done. */
export async function markRestore(transaction: Transaction, isUnderway: boolean): Promise<void> {
  if (isUnderway) await transaction.run(STATEMENTS.insertInstallation, [UNFINISHED, ''])
  else await transaction.run(STATEMENTS.deleteInstallation, [UNFINISHED])
}

const ENCRYPTION_KEY = 'encryption_key:'

/** Finds the ids of the encryption keys under which identifiers may be stored. */
export async function findEncryptionKeyIds(source: Pick<Database, 'read'>): Promise<string[]> {
  const rows = await source.read(STATEMENTS.listInstallation, [])
  const names = rows.map((row) => textOf(row, 'name')).filter((name) => name.startsWith(ENCRYPTION_KEY))
  return names.map((name) => name.slice(ENCRYPTION_KEY.length))
}

/**
 * Makes sure that everything stored can be opened, and notes the key that seals from now on.
 *
 * @throws CM_CONFIG_INVALID when a key is missing under which identifiers are stored.
 */
export async function checkEncryptionKeys(database: Database, vault: Vault | undefined): Promise<void> {
  const current = vault?.keyIds[0]
  await database.transaction(
    async (transaction) => {
      const known = await findEncryptionKeyIds(transaction)
      const missing = known.find((keyId) => !vault?.keyIds.includes(keyId))
      if (missing !== undefined) throw missingKey(missing)
      if (current === undefined || known.includes(current)) return
      await transaction.run(STATEMENTS.insertInstallation, [`${ENCRYPTION_KEY}${current}`, ''])
    },
    { repeatable: true },
  )
}

/** Notes that nothing is stored under a key any more. */
export async function retireEncryptionKey(transaction: Transaction, keyId: string): Promise<void> {
  await transaction.run(STATEMENTS.deleteInstallation, [`${ENCRYPTION_KEY}${keyId}`])
}

/**
 * Asks the database something small, to see that it answers.
 *
 * @throws CM_STORE_UNAVAILABLE when it does not.
 */
export async function isAnswering(database: Pick<Database, 'read'>): Promise<true> {
  await database.read(STATEMENTS.findInstallation, [FINGERPRINT])
  return true
}
