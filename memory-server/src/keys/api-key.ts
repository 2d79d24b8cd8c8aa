import { randomBytes } from 'node:crypto'
import type { KeyedHash } from '../identity/keyed-hash.ts'

/** What a key allows: saving and reading calls, reading about customers, erasing them, everything else. */
export type KeyScope = 'calls' | 'read' | 'erase' | 'admin'

/** Every scope. */
export const KEY_SCOPES: readonly KeyScope[] = ['calls', 'read', 'erase', 'admin']

/** Whether a key is for trying things out or for real calls. The server treats both alike. */
export type KeyMode = 'test' | 'live'

/** The tenant of a server that has only one, and of the keys in the configuration. */
export const DEFAULT_TENANT = 'default'

const TENANT_NAME = /^[a-z][a-z0-9-]{0,62}$/
const API_KEY = /^sk_(?:test|live)_[A-Za-z0-9_-]{43}$/
const PREFIX = /^sk_(?:test|live)_[A-Za-z0-9_-]{8}$/
const PREFIX_LENGTH = 16

/** Makes a new key out of 256 random bits. */
export function mintApiKey(mode: KeyMode): string {
  return `sk_${mode}_${randomBytes(32).toString('base64url')}`
}

/** The part of a key by which it is looked up and spoken of; undefined when it cannot be one of ours. */
export function prefixOf(apiKey: string): string | undefined {
  return API_KEY.test(apiKey) ? apiKey.slice(0, PREFIX_LENGTH) : undefined
}

/** Whether the text is such a part. */
export function isKeyPrefix(text: string): boolean {
  return PREFIX.test(text)
}

/** Whether a tenant may be called so: a small letter, then up to 62 small letters, digits or hyphens. */
export function isTenantName(text: string): boolean {
  return TENANT_NAME.test(text)
}

/** The form in which a key is stored. */
export function hashOfApiKey(keyedHash: KeyedHash, apiKey: string): string {
  return keyedHash('api_key', apiKey)
}
