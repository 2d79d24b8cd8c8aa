import { bucketOfHash } from '../identity/keyed-hash.ts'
import type { KeyedHash } from '../identity/keyed-hash.ts'
import { numberOf, textOf } from './database.ts'
import type { ReadScope, Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** What is left of somebody who was forgotten: when, and how much went. */
export interface Tombstone {
  /** Epoch milliseconds. */
  readonly forgottenAt: number
  /** Rows that went, by kind; empty for a call. */
  readonly counts: Readonly<Record<string, number>>
}

/** The thing whose return a tombstone stops: a customer by reference, a call by the hash of its id. */
export type Buried =
  | { readonly kind: 'customer'; readonly customerRef: string }
  | { readonly kind: 'call'; readonly callHash: string }

/** Finds a tombstone; undefined when the thing was never forgotten. */
export async function findTombstone(
  scope: ReadScope,
  keyedHash: KeyedHash,
  buried: Buried,
): Promise<Tombstone | undefined> {
  const hash = tombstoneHash(scope, keyedHash, buried)
  const key = [scope.tenant, bucketOfHash(hash), hash]
  const [row] = await scope.transaction.read(STATEMENTS.findTombstone, key)
  if (!row) return undefined
  return {
    forgottenAt: numberOf(row, 'forgotten_at'),
    counts: JSON.parse(textOf(row, 'counts')) as Record<string, number>,
  }
}

/** Leaves a tombstone. One that is there already stays as it is. */
export async function saveTombstone(
  scope: Scope,
  keyedHash: KeyedHash,
  buried: Buried,
  { forgottenAt, counts }: Tombstone,
): Promise<void> {
  const hash = tombstoneHash(scope, keyedHash, buried)
  const row = [scope.tenant, bucketOfHash(hash), hash, forgottenAt, JSON.stringify(counts)]
  await scope.transaction.run(STATEMENTS.insertTombstone, row)
}

/** A hash of its own, so that nothing in the rows that are left can be matched with rows of a backup. */
function tombstoneHash({ tenant }: ReadScope, keyedHash: KeyedHash, buried: Buried): string {
  const name = buried.kind === 'customer' ? buried.customerRef : buried.callHash
  return keyedHash(tenant, 'tombstone', buried.kind, name)
}
