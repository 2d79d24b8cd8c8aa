import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../../src/clock.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import { DEFAULT_TENANT, hashOfApiKey, KEY_SCOPES, prefixOf } from '../keys/api-key.ts'
import type { KeyScope } from '../keys/api-key.ts'
import { OWN_BEHALF, valueOf } from '../operations/operations.ts'
import type { Operations } from '../operations/operations.ts'
import type { ApiKeyRecord } from '../store/api-keys.ts'

/** Who sends a request, by its key. */
export interface Principal {
  readonly tenant: string
  /** How the audit log names the key. */
  readonly actor: string
  readonly scopes: readonly KeyScope[]
}

/** Tells whose key an `Authorization` header carries; undefined when it carries none that is good. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal | undefined>

/** What finding out about keys needs. */
export interface AuthenticateOptions {
  readonly operations: Operations
  /** Keys of the configuration: every scope, the default tenant. */
  readonly apiKeys: readonly string[]
  readonly keyedHash: KeyedHash
  readonly clock: Clock
}

const BEARER = /^Bearer +([A-Za-z0-9_-]+)$/i
const BASIC = /^Basic +([A-Za-z0-9+/]+=*)$/i

// A key that was found is believed for a while, so that not every request waits for the database twice.
const BELIEVED_MS = 5000
const MAX_BELIEVED = 10_000
const TOUCH_INTERVAL_MS = 60_000

/** Creates the check of keys. What is secret is compared in constant time, so timing tells nothing. */
export function createAuthenticate(options: AuthenticateOptions): Authenticate {
  const isConfigured = createConfiguredCheck(options.apiKeys)
  const findKey = createKeyReader(options)
  return async (authorization) => {
    const apiKey = apiKeyIn(authorization ?? '')
    if (isConfigured(apiKey)) {
      return { tenant: DEFAULT_TENANT, actor: 'configuration', scopes: KEY_SCOPES }
    }
    const prefix = prefixOf(apiKey)
    if (prefix === undefined) return undefined
    const given = Buffer.from(hashOfApiKey(options.keyedHash, apiKey))
    const record = await findKey(prefix, (keyHash) => timingSafeEqual(Buffer.from(keyHash), given))
    return record && { tenant: record.tenant, actor: prefix, scopes: record.scopes }
  }
}

/** The key that a header carries: as a bearer token, or as the password of HTTP Basic, whose user name is not read. */
function apiKeyIn(authorization: string): string {
  const bearer = BEARER.exec(authorization)?.[1]
  if (bearer !== undefined) return bearer
  // Twilio Studio can send no header of its own, only credentials in an address (read 2026-11).
  const basic = BASIC.exec(authorization)?.[1]
  return basic === undefined ? '' : (/:([A-Za-z0-9_-]+)$/.exec(plainOf(basic))?.[1] ?? '')
}

function plainOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1')
}

/** Digests are compared, every one of them. */
function createConfiguredCheck(apiKeys: readonly string[]): (apiKey: string) => boolean {
  const digests = apiKeys.map((key) => digestOf(key))
  return (apiKey) => {
    const given = digestOf(apiKey)
    return digests.map((digest) => timingSafeEqual(digest, given)).includes(true)
  }
}

type FindKey = (prefix: string, isRight: (keyHash: string) => boolean) => Promise<ApiKeyRecord | undefined>

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Reads keys that are good, remembers them for a while, and notes at most once a minute that one was used. */
function createKeyReader({ operations: { perform }, clock }: AuthenticateOptions): FindKey {
  const believed = new Map<string, { readonly record: ApiKeyRecord; readonly readAt: number }>()
  const read = async (prefix: string, now: number): Promise<ApiKeyRecord | undefined> => {
    const known = believed.get(prefix)
    if (known && Math.abs(now - known.readAt) < BELIEVED_MS) return known.record
    believed.delete(prefix)
    return valueOf(await perform('findApiKey', OWN_BEHALF, prefix)) ?? undefined
  }
  return async (prefix, isRight) => {
    const now = clock().getTime()
    const record = await read(prefix, now)
    if (!record || record.revokedAt > 0 || !isRight(record.keyHash)) return undefined
    const isDue = now - record.lastUsedAt >= TOUCH_INTERVAL_MS
    if (believed.size >= MAX_BELIEVED) believed.clear()
    const readAt = believed.get(prefix)?.readAt ?? now
    believed.set(prefix, { record: isDue ? { ...record, lastUsedAt: now } : record, readAt })
    if (isDue) await perform('touchApiKey', OWN_BEHALF, prefix)
    return record
  }
}
