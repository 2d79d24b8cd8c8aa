import type { Customer } from '../identity/choose-customer.ts'
import { customerKey, findCustomer } from './customers.ts'
import { numberOf, textOf } from './database.ts'
import type { Row } from './database.ts'
import type { NoteKey } from './notes.ts'
import type { RowImage } from './row-images.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** One customer that became part of another. */
export interface Merge {
  readonly intoRef: string
  /** The customer that is no more, whose reference still leads to the other. */
  readonly customerRef: string
  /** Counts up among the merges into one customer. */
  readonly number: number
  /** Epoch milliseconds. */
  readonly mergedAt: number
  /** Every row that changed, as it was before and after, but for the notes that went over unchanged. */
  readonly images: readonly RowImage[]
  /** The notes that went over unchanged. */
  readonly calls: readonly NoteKey[]
}

/** Where a reference of a merged customer leads; undefined for any other reference. */
export async function findAlias(
  scope: Scope,
  customerRef: string,
): Promise<Pick<Merge, 'intoRef' | 'mergedAt'> | undefined> {
  const [row] = await scope.transaction.read(STATEMENTS.findAlias, customerKey(scope, customerRef))
  return row && { intoRef: textOf(row, 'into_ref'), mergedAt: numberOf(row, 'merged_at') }
}

/** Finds the customer to whom a reference leads, through any number of merges; undefined when nobody has it. */
export async function findCurrentCustomer(scope: Scope, customerRef: string): Promise<Customer | undefined> {
  const customer = await findCustomer(scope, customerRef)
  if (customer) return customer
  const alias = await findAlias(scope, customerRef)
  // Taken apart between the two reads: then the customer is there again.
  return alias ? findCurrentCustomer(scope, alias.intoRef) : findCustomer(scope, customerRef)
}

/** Finds the merges into a customer, the first one first. */
export async function findMerges(scope: Scope, intoRef: string): Promise<Merge[]> {
  const rows = await scope.transaction.read(STATEMENTS.findMerges, customerKey(scope, intoRef))
  return rows.map((row) => mergeOf(row, intoRef))
}

/** Finds the merges that make a customer what it is: those into it, and into each of those. */
export async function findAllMerges(scope: Scope, customerRef: string): Promise<Merge[]> {
  const merges = await findMerges(scope, customerRef)
  const before: Merge[] = []
  for (const merge of merges) before.push(...(await findAllMerges(scope, merge.customerRef)))
  return [...merges, ...before]
}

/** Keeps a merge, and the way from the old reference to the customer. */
export async function saveMerge(scope: Scope, merge: Merge): Promise<void> {
  const { intoRef, customerRef, number, mergedAt, images, calls } = merge
  const alias = [...customerKey(scope, customerRef), intoRef, mergedAt]
  await scope.transaction.run(STATEMENTS.insertAlias, alias)
  const row = [...customerKey(scope, intoRef), customerRef, number, mergedAt]
  const texts = [JSON.stringify(images), JSON.stringify(calls)]
  await scope.transaction.run(STATEMENTS.insertMerge, [...row, ...texts])
}

/** Removes a merge and its alias. */
export async function eraseMerge(scope: Scope, { intoRef, customerRef }: Merge): Promise<void> {
  await scope.transaction.run(STATEMENTS.eraseAlias, customerKey(scope, customerRef))
  await scope.transaction.run(STATEMENTS.eraseMerge, [...customerKey(scope, intoRef), customerRef])
}

/** Removes variables from what merges keep, for a name that is to be forgotten is not to come back. */
export async function dropFromMerges(
  scope: Scope,
  customerRef: string,
  names: ReadonlySet<string>,
): Promise<void> {
  for (const merge of await findAllMerges(scope, customerRef)) {
    const kept = merge.images.filter(({ table, key }) => table !== 'variables' || !names.has(String(key[1])))
    if (kept.length === merge.images.length) continue
    const key = [...customerKey(scope, merge.intoRef), merge.customerRef]
    await scope.transaction.run(STATEMENTS.rewriteMerge, [...key, JSON.stringify(kept)])
  }
}

/** The notes of a customer, the newest first, also of calls that the customer has no more. */
export async function findNotePlaces(scope: Scope, customerRef: string): Promise<NoteKey[]> {
  const rows = await scope.transaction.read(STATEMENTS.findNotePlaces, customerKey(scope, customerRef))
  return rows.map((row) => ({ calledAt: numberOf(row, 'called_at'), callHash: textOf(row, 'call_hash') }))
}

function mergeOf(row: Row, intoRef: string): Merge {
  return {
    intoRef,
    customerRef: textOf(row, 'customer_ref'),
    number: numberOf(row, 'merge_number'),
    mergedAt: numberOf(row, 'merged_at'),
    images: JSON.parse(textOf(row, 'images')) as RowImage[],
    calls: JSON.parse(textOf(row, 'calls')) as NoteKey[],
  }
}
