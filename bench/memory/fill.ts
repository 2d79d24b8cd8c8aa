import { mintCustomerRef } from '../../memory-server/src/identity/customer-ref.ts'
import { createKeyedHash } from '../../memory-server/src/identity/keyed-hash.ts'
import type { KeyedHash } from '../../memory-server/src/identity/keyed-hash.ts'
import type { SqlValue, Store, Transaction } from '../../memory-server/src/store/database.ts'
import { checkHashKey } from '../../memory-server/src/store/installation.ts'
import { systemClock } from '../../src/clock.ts'
import { identifierOfCustomer, intentOf, TENANT, variableCount, variablesOf } from './people.ts'

const BATCH = 2_000
const ROWS_OF_A_STATEMENT = 200
const DAY_MS = 86_400_000

const COLUMNS = {
  customers: ['tenant', 'bucket', 'customer_ref', 'created_at', 'last_contact_at'],
  identifier_links: [
    'tenant',
    'bucket',
    'identifier_hash',
    'customer_ref',
    'kind',
    'first_seen_at',
    'last_seen_at',
  ],
  customer_identifiers: ['tenant', 'bucket', 'customer_ref', 'identifier_hash', 'kind', 'namespace_hash'],
  intents: ['tenant', 'bucket', 'customer_ref', 'intent', 'status', 'attempt_count', 'updated_at'],
  variables: ['tenant', 'bucket', 'customer_ref', 'name', 'value', 'updated_at', 'expires_at'],
} as const

type Table = keyof typeof COLUMNS
type Rows = Readonly<Record<Table, SqlValue[][]>>

/** Fills a new database with customers, `onProgress` told how many there are. */
export async function fill(
  store: Store,
  hashKey: string,
  customers: number,
  onProgress: (done: number) => void,
): Promise<void> {
  const keyedHash = createKeyedHash(hashKey)
  await checkHashKey(store, keyedHash)
  const now = systemClock().getTime() - DAY_MS
  for (let from = 0; from < customers; from += BATCH) {
    const to = Math.min(customers, from + BATCH)
    const rows: Rows = {
      customers: [],
      identifier_links: [],
      customer_identifiers: [],
      intents: [],
      variables: [],
    }
    for (let index = from; index < to; index += 1) addPerson(rows, keyedHash, index, now)
    await store.transaction(async (transaction) => {
      for (const table of Object.keys(COLUMNS) as Table[]) await insert(transaction, table, rows[table])
    })
    onProgress(to)
  }
}

function addPerson(rows: Rows, keyedHash: KeyedHash, index: number, now: number): void {
  const { hash, bucket, kind, namespaceHash } = identifierOfCustomer(index, keyedHash)
  const customerRef = mintCustomerRef(bucket)
  const key = [TENANT, bucket, customerRef]
  rows.customers.push([...key, now, now])
  rows.identifier_links.push([TENANT, bucket, hash, customerRef, kind, now, now])
  rows.customer_identifiers.push([...key, hash, kind, namespaceHash])
  if (index % 2 === 1) rows.intents.push([...key, intentOf(index), 'open', 1, now])
  for (const [name, value] of variablesOf(index, variableCount(index))) {
    rows.variables.push([...key, name, value, now, now + 30 * DAY_MS])
  }
}

async function insert(transaction: Transaction, table: Table, rows: readonly SqlValue[][]): Promise<void> {
  const columns = COLUMNS[table]
  for (let from = 0; from < rows.length; from += ROWS_OF_A_STATEMENT) {
    const part = rows.slice(from, from + ROWS_OF_A_STATEMENT)
    const places = part.map(
      (_row, row) =>
        `(${columns.map((_column, column) => `$${row * columns.length + column + 1}`).join(', ')})`,
    )
    await transaction.run(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.join(', ')}`,
      part.flat(),
    )
  }
}
