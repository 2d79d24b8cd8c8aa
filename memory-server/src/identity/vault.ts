import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { CallerMemoryError } from '../../../src/errors.ts'

/** A text that only a key can read, and which key that is. */
export interface Sealed {
  readonly keyId: string
  /** Nonce, ciphertext and tag, base64url. */
  readonly box: string
}

/**
 * Where a sealed text belongs, as texts. It is authenticated with the text, so a box that was copied to another
 * place cannot be opened there.
 */
export type SealPlace = readonly string[]

/** Seals texts with the first of its keys and opens what any of them sealed. */
export interface Vault {
  /** Ids of the keys, the sealing one first. An id tells nothing about its key. */
  readonly keyIds: readonly [string, ...string[]]
  readonly seal: (place: SealPlace, text: string) => Sealed
  /**
   * Reads a sealed text.
   *
   * @throws CM_CONFIG_INVALID when its key is not among the keys.
   * @throws CM_STORE_DAMAGED when it was changed or belongs to another place.
   */
  readonly open: (place: SealPlace, sealed: Sealed) => string
}

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Creates a vault (AES-256-GCM) from keys of 64 hex characters; undefined when there is none. */
export function createVault(keysHex: readonly string[]): Vault | undefined {
  const keys = new Map(keysHex.map((hex) => [keyIdOf(hex), Buffer.from(hex, 'hex')] as const))
  const [current, ...older] = keys.keys()
  if (current === undefined) return undefined
  const keyOf = (keyId: string): Buffer => {
    const key = keys.get(keyId)
    if (key) return key
    throw missingKey(keyId)
  }
  return {
    keyIds: [current, ...older],
    seal: (place, text) => ({ keyId: current, box: seal(keyOf(current), current, place, text) }),
    open: (place, { keyId, box }) => open(keyOf(keyId), keyId, place, box),
  }
}

/** The fault of a key that the configuration lacks. */
export function missingKey(keyId: string): CallerMemoryError {
  return new CallerMemoryError(
    'CM_CONFIG_INVALID',
    `MEMORY_SERVER_ENCRYPTION_KEYS lacks the key ${keyId}, under which identifiers are stored: add it after the first one, run "rotate", then take it out`,
  )
}

/** Eight hex characters that name a key: a keyed hash, so that nothing of the key stands in the database. */
export function keyIdOf(keyHex: string): string {
  return createHmac('sha256', Buffer.from(keyHex, 'hex'))
    .update('encryption key id')
    .digest('hex')
    .slice(0, 8)
}

function seal(key: Buffer, keyId: string, place: SealPlace, text: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(additionalData(keyId, place))
  const box = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(box).toString('base64url')
}

function open(key: Buffer, keyId: string, place: SealPlace, box: string): string {
  const bytes = Buffer.from(box, 'base64url')
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(additionalData(keyId, place))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    return (
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    )
  } catch {
    throw new CallerMemoryError('CM_STORE_DAMAGED', 'a stored identifier was changed or moved: run "verify"')
  }
}

/** Framed as JSON, so that no separator inside a part makes two places look alike. */
function additionalData(keyId: string, place: SealPlace): Buffer {
  return Buffer.from(JSON.stringify([keyId, ...place]))
}
