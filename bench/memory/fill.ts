import { identifiersOf } from '../../memory-server/src/identity/identifiers.ts'
import { createKeyedHash } from '../../memory-server/src/identity/keyed-hash.ts'
import { mintCustomerRef } from '../../memory-server/src/identity/customer-ref.ts'
import { insertCustomer, saveLink } from '../../memory-server/src/store/customers.ts'
import { checkHashKey } from '../../memory-server/src/store/installation.ts'
import { saveIntent, saveVariable } from '../../memory-server/src/store/remembered.ts'
import type { Scope } from '../../memory-server/src/store/scope.ts'
import { openSqliteStore } from '../../memory-server/src/store/sqlite.ts'
import { systemClock } from '../../src/clock.ts'
import { numberOfCustomer, variableCount, variablesOf } from './people.ts'

const BATCH = 5_000
const DAY_MS = 86_400_000
const TENANT = 'default'

export interface FillTask {
  readonly database: string
  readonly hashKey: string
  readonly customers: number
  readonly onProgress: (done: number) => void
}

/** Fills a new database with customers, through the server's own store. */
export async function fill({ database, hashKey, customers, onProgress }: FillTask): Promise<void> {
  const store = await openSqliteStore({ path: database, clock: systemClock })
  const keyedHash = createKeyedHash(hashKey)
  await checkHashKey(store, keyedHash)
  const now = systemClock().getTime() - DAY_MS
  for (let from = 0; from < customers; from += BATCH) {
    const to = Math.min(customers, from + BATCH)
    await store.transaction(async (transaction) => {
      const scope: Scope = { transaction, tenant: TENANT }
      for (let index = from; index < to; index += 1) await insertPerson(scope, keyedHash, index, now)
    })
    onProgress(to)
  }
  await store.close()
}

async function insertPerson(
  scope: Scope,
  keyedHash: ReturnType<typeof createKeyedHash>,
  index: number,
  now: number,
): Promise<void> {
  const { number } = identifiersOf({ ani: numberOfCustomer(index), externalIds: [] }, scope.tenant, keyedHash)
  if (!number) throw new Error('a customer of the benchmark has no number')
  const customerRef = mintCustomerRef(number.bucket)
  await insertCustomer(scope, customerRef, now)
  await saveLink(scope, number, customerRef, now)
  if (index % 2 === 1)
    await saveIntent(scope, customerRef, { intent: `intent_${index % 4}`, status: 'open' }, now)
  const expiresAt = now + 30 * DAY_MS
  for (const [name, value] of Object.entries(variablesOf(index, variableCount(index)))) {
    await saveVariable(scope, customerRef, { name, value, expiresAt }, now)
  }
}
