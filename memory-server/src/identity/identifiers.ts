import type { Hints } from '../request/hints.ts'
import { bucketOfHash } from './keyed-hash.ts'
import type { KeyedHash } from './keyed-hash.ts'

/** A phone number or an external id, and the hashes under which the store knows it. */
export interface Identifier {
  readonly kind: 'ani' | 'external_id'
  /** Hash of the namespace; the same for every number. */
  readonly namespaceHash: string
  /** Name of the other system's key; empty for a number. */
  readonly namespace: string
  readonly hash: string
  /** The number or id itself. The store keeps it sealed or not at all. */
  readonly value: string
  /** Where its links live. */
  readonly bucket: number
}

/** The identifiers of a request. */
export interface Identifiers {
  readonly number?: Identifier
  readonly externalIds: readonly Identifier[]
}

/** Turns the keys of a request into identifiers of one tenant. */
export function identifiersOf(hints: Hints, tenant: string, keyedHash: KeyedHash): Identifiers {
  const identify = (kind: Identifier['kind'], namespace: string, value: string): Identifier => {
    const hash = keyedHash(tenant, kind, namespace, value)
    return {
      kind,
      namespaceHash: keyedHash(tenant, 'namespace', kind, namespace),
      namespace,
      hash,
      value,
      bucket: bucketOfHash(hash),
    }
  }
  return {
    ...(hints.ani !== undefined && { number: identify('ani', '', hints.ani) }),
    externalIds: hints.externalIds.map(({ namespace, value }) => identify('external_id', namespace, value)),
  }
}
