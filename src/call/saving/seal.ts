import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { CallRecord } from '../../memory/caller-memory.ts'
import type { KeptRecord } from './call-saves.ts'

/** Makes texts unreadable to whoever has no key, and readable again. */
export interface Sealer {
  /** Undefined without a key: then the text must not be kept. `place` binds it to where it is kept. */
  readonly seal: (text: string, place: string) => string | undefined
  /** Undefined when no key fits, or the text is not as it was sealed. */
  readonly open: (sealed: string, place: string) => string | undefined
}

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals with AES-256-GCM. The first key seals, every key opens, so that keys can be replaced one at a time.
 * Each key is 64 hexadecimal digits.
 */
export function createSealer(keys: readonly string[]): Sealer {
  const secrets = keys.map((key) => Buffer.from(key, 'hex'))
  return {
    seal: (text, place) => {
      const [secret] = secrets
      return secret && sealWith(secret, text, place)
    },
    open: (sealed, place) => {
      for (const secret of secrets) {
        const text = openWith(secret, sealed, place)
        if (text !== undefined) return text
      }
      return undefined
    },
  }
}

function sealWith(secret: Buffer, text: string, place: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', secret, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return `v1.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`
}

function openWith(secret: Buffer, sealed: string, place: string): string | undefined {
  const bytes = sealed.startsWith('v1.') ? Buffer.from(sealed.slice(3), 'base64url') : Buffer.alloc(0)
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(Buffer.from(place))
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  try {
    const body = bytes.subarray(IV_BYTES + TAG_BYTES)
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** A record as it may be kept outside the memory. Without a key only references and the intent remain. */
export function keepRecord(record: CallRecord, sealer: Sealer): KeptRecord {
  const { callSid, customerRef, intent, intentStatus } = record
  const sealed = sealer.seal(JSON.stringify(record), callSid)
  return {
    call_id: callSid,
    ...(customerRef && { customer_ref: customerRef }),
    ...(intent && { intent }),
    ...(intentStatus && { intent_status: intentStatus }),
    ...(sealed && { sealed }),
  }
}

/** A kept record, and whether it is all that there was. */
export interface OpenedRecord {
  readonly record: CallRecord
  readonly complete: boolean
}

/**
 * A kept record as it can be delivered. Undefined when too little of it was kept: nobody to save it for, or
 * no key that opens it.
 */
export function openRecord(kept: KeptRecord, sealer: Sealer): OpenedRecord | undefined {
  if (kept.sealed !== undefined) {
    const text = sealer.open(kept.sealed, kept.call_id)
    return text === undefined ? undefined : { record: JSON.parse(text) as CallRecord, complete: true }
  }
  const { call_id: callSid, customer_ref: customerRef, intent, intent_status: intentStatus } = kept
  if (!customerRef) return undefined
  const told = { ...(intent && { intent }), ...(intentStatus && { intentStatus }) }
  return { record: { callSid, customerRef, ...told, variables: {} }, complete: false }
}
