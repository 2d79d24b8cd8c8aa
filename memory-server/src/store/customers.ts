import type { Customer, HeldExternalId } from '../identity/choose-customer.ts'
import { bucketOfCustomerRef } from '../identity/customer-ref.ts'
import type { Identifier } from '../identity/identifiers.ts'
import { countOf, numberOf, textOf } from './database.ts'
import type { Row, SqlValue } from './database.ts'
import type { Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** The key of a customer's rows: tenant, bucket, reference. A reference that is none of ours has no bucket. */
export function customerKey({ tenant }: Scope, customerRef: string): SqlValue[] {
  return [tenant, bucketOfCustomerRef(customerRef) ?? null, customerRef]
}

/** Finds a customer by reference; undefined when nobody has it. */
export async function findCustomer(scope: Scope, customerRef: string): Promise<Customer | undefined> {
  const [row] = await scope.transaction.read(STATEMENTS.findCustomer, customerKey(scope, customerRef))
  return row && customerOf(row)
}

/** Finds the customers whom an identifier is linked to: at most the 50 seen last. */
export async function findCustomersOf(
  scope: Scope,
  identifier: Pick<Identifier, 'bucket' | 'hash'>,
): Promise<Customer[]> {
  const { bucket, hash } = identifier
  const rows = await scope.transaction.read(STATEMENTS.findLinkedCustomers, [scope.tenant, bucket, hash])
  const customers = await Promise.all(rows.map((row) => linkedCustomerOf(scope, row)))
  return customers.filter((customer) => customer !== undefined)
}

async function linkedCustomerOf(scope: Scope, row: Row): Promise<Customer | undefined> {
  const isElsewhere = row['created_at'] === null
  const customer = isElsewhere ? await findCustomer(scope, textOf(row, 'customer_ref')) : customerOf(row)
  return customer && { ...customer, ...verdictsOf(row) }
}

/** A link of which agents said nothing has none. */
function verdictsOf(row: Row): Pick<Customer, 'verdicts'> {
  if (row['confirmed_count'] === null && row['corrected_count'] === null) return {}
  return {
    verdicts: { confirmed: countOf(row, 'confirmed_count'), corrected: countOf(row, 'corrected_count') },
  }
}

function customerOf(row: Row): Customer {
  return {
    customerRef: textOf(row, 'customer_ref'),
    createdAt: numberOf(row, 'created_at'),
    lastContactAt: numberOf(row, 'last_contact_at'),
  }
}

/** Finds of which kinds a customer already has external ids. */
export async function findHeldExternalIds(scope: Scope, customerRef: string): Promise<HeldExternalId[]> {
  const key = customerKey(scope, customerRef)
  const rows = await scope.transaction.read(STATEMENTS.findHeldExternalIds, key)
  return rows.map((row) => ({ namespaceHash: textOf(row, 'namespace_hash') }))
}

/** Records a customer who was not known before. `now` is in epoch milliseconds, here and below. */
export async function insertCustomer(scope: Scope, customerRef: string, now: number): Promise<void> {
  await scope.transaction.run(STATEMENTS.insertCustomer, [...customerKey(scope, customerRef), now])
}

/**
 * Keeps others who would link the same new identifiers waiting until this transaction ends: what is read
 * afterwards holds what they did before. Everybody claims in the same order, so that nobody waits in a circle.
 */
export async function claimIdentifiers(
  { transaction, tenant }: Scope,
  identifiers: readonly Identifier[],
  now: number,
): Promise<void> {
  const inOrder = identifiers.toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
  for (const { bucket, hash } of inOrder) {
    await transaction.run(STATEMENTS.claimIdentifier, [tenant, bucket, hash, now])
  }
}

/**
 * Keeps others from changing what a customer has until this transaction ends. False when the customer is not there
 * any more.
 */
export async function lockCustomer(scope: Scope, customerRef: string): Promise<boolean> {
  const rows = await scope.transaction.read(STATEMENTS.lockCustomer, customerKey(scope, customerRef))
  return rows.length > 0
}

/**
 * Records a contact. The time of the last contact never goes back. From here until the transaction ends nobody
 * else changes the customer. False when the customer is not there any more.
 */
export async function touchCustomer(scope: Scope, customerRef: string, now: number): Promise<boolean> {
  const params = [...customerKey(scope, customerRef), now]
  return (await scope.transaction.read(STATEMENTS.touchCustomer, params)).length > 0
}

/** Links an identifier to a customer. */
export async function saveLink(
  scope: Scope,
  identifier: Identifier,
  customerRef: string,
  now: number,
): Promise<void> {
  const { transaction, tenant } = scope
  const { bucket, hash, kind, namespaceHash, namespace } = identifier
  const key = customerKey(scope, customerRef)
  await Promise.all([
    transaction.run(STATEMENTS.saveLink, [tenant, bucket, hash, customerRef, kind, now]),
    transaction.run(STATEMENTS.saveHeldIdentifier, [...key, hash, kind, namespaceHash]),
    kind === 'external_id' && transaction.run(STATEMENTS.saveNamespace, [...key, namespaceHash, namespace]),
  ])
}

/** Renews a link that is there. */
export async function touchLink(
  { transaction, tenant }: Scope,
  { bucket, hash }: Identifier,
  customerRef: string,
  now: number,
): Promise<void> {
  await transaction.run(STATEMENTS.touchLink, [tenant, bucket, hash, customerRef, now])
}
