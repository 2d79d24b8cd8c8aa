import { bucketOfHash } from '../identity/keyed-hash.ts'
import type { Vault } from '../identity/vault.ts'
import { customerKey } from './customers.ts'
import { countOf, numberOf, optionalTextOf, textOf } from './database.ts'
import { findReadable } from './readable-identifiers.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** A key of a customer, with what the store knows about it. Times are epoch milliseconds, here and below. */
export interface HeldLink {
  readonly kind: 'ani' | 'external_id'
  readonly identifierHash: string
  readonly namespace: string | null
  /** The number or id itself; null where it is not kept. */
  readonly value: string | null
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  /** How many customers have it, this one included. */
  readonly customers: number
  /** On how many calls agents said that it was this customer, and that it was not. */
  readonly confirmed: number
  readonly corrected: number
}

/** An intent, open or settled. */
export interface HeldIntent {
  readonly intent: string
  readonly status: string
  readonly attemptCount: number
  readonly updatedAt: number
}

/** A variable, expired or not. */
export interface HeldVariable {
  readonly name: string
  readonly value: string
  readonly source: string | null
  readonly updatedAt: number
  readonly expiresAt: number
}

/**
 * Finds every key of a customer. Without a vault none is readable.
 *
 * @throws CM_CONFIG_INVALID when a key's encryption key is missing, CM_STORE_DAMAGED when it was changed.
 */
export async function findHeldLinks(scope: Scope, customerRef: string, vault?: Vault): Promise<HeldLink[]> {
  const key = customerKey(scope, customerRef)
  const named = await scope.transaction.read(STATEMENTS.findNamespaces, key)
  const namespaces = new Map(
    named.map((row) => [textOf(row, 'namespace_hash'), textOf(row, 'namespace')] as const),
  )
  const rows = await scope.transaction.read(STATEMENTS.findHeldIdentifiers, key)
  const links: HeldLink[] = []
  for (const row of rows) {
    const identifierHash = textOf(row, 'identifier_hash')
    const kind = textOf(row, 'kind') === 'ani' ? 'ani' : 'external_id'
    const seen = await findSeen(scope, identifierHash, customerRef)
    const namespace = namespaces.get(textOf(row, 'namespace_hash')) ?? null
    const value = (await findReadable(scope, vault, identifierHash)) ?? null
    if (seen) links.push({ kind, identifierHash, namespace, value, ...seen })
  }
  return links
}

async function findSeen(
  scope: Scope,
  identifierHash: string,
  customerRef: string,
): Promise<Omit<HeldLink, 'kind' | 'identifierHash' | 'namespace' | 'value'> | undefined> {
  const key = [scope.tenant, bucketOfHash(identifierHash), identifierHash]
  const [row] = await scope.transaction.read(STATEMENTS.findLink, [...key, customerRef])
  const [count] = await scope.transaction.read(STATEMENTS.countCustomersOf, key)
  if (!row || !count) return undefined
  return {
    firstSeenAt: numberOf(row, 'first_seen_at'),
    lastSeenAt: numberOf(row, 'last_seen_at'),
    customers: numberOf(count, 'customers'),
    confirmed: countOf(row, 'confirmed_count'),
    corrected: countOf(row, 'corrected_count'),
  }
}

/** Finds every intent of a customer, the one that changed last first. */
export async function findHeldIntents(scope: Scope, customerRef: string): Promise<HeldIntent[]> {
  const rows = await scope.transaction.read(STATEMENTS.findAllIntents, customerKey(scope, customerRef))
  return rows.map((row) => ({
    intent: textOf(row, 'intent'),
    status: textOf(row, 'status'),
    attemptCount: numberOf(row, 'attempt_count'),
    updatedAt: numberOf(row, 'updated_at'),
  }))
}

/** Finds every variable of a customer that is still stored, by name. */
export async function findHeldVariables(scope: Scope, customerRef: string): Promise<HeldVariable[]> {
  const rows = await scope.transaction.read(STATEMENTS.findAllVariables, customerKey(scope, customerRef))
  return rows.map((row) => ({
    name: textOf(row, 'name'),
    value: textOf(row, 'value'),
    source: optionalTextOf(row, 'source'),
    updatedAt: numberOf(row, 'updated_at'),
    expiresAt: numberOf(row, 'expires_at'),
  }))
}
