import { CallerMemoryError } from '../../../src/errors.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import { textOf } from './database.ts'
import type { Database, Transaction } from './database.ts'
import { STATEMENTS } from './statements.ts'

const FINGERPRINT = 'hash_key_fingerprint'

/**
 * Makes sure that the database was made with this hash key: with another one, no caller would be found again
 * and nothing would say why.
 *
 * @throws CM_CONFIG_INVALID when it was made with another key.
 */
export async function checkHashKey(database: Database, keyedHash: KeyedHash): Promise<void> {
  const fingerprint = keyedHash(FINGERPRINT)
  const work = async (transaction: Transaction): Promise<string> => {
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

/**
 * Asks the database something small, to see that it answers.
 *
 * @throws CM_STORE_UNAVAILABLE when it does not.
 */
export async function isAnswering(database: Pick<Database, 'read'>): Promise<true> {
  await database.read(STATEMENTS.findInstallation, [FINGERPRINT])
  return true
}
