import { createHmac } from 'node:crypto'

/** A keyed one-way hash of several texts, as 64 hex characters. */
export type KeyedHash = (...parts: readonly string[]) => string

/**
 * Creates the hash under which identifiers are stored (HMAC-SHA256), from a key of 64 hex characters.
 * The parts are framed as JSON, so that no choice of separator inside a part makes two lists look alike.
 */
export function createKeyedHash(keyHex: string): KeyedHash {
  const key = Buffer.from(keyHex, 'hex')
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex')
}

/** The bucket of a hash: its first byte, 0 to 255. */
export function bucketOfHash(hash: string): number {
  return Number.parseInt(hash.slice(0, 2), 16)
}
