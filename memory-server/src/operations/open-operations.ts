import type { Clock } from '../../../src/clock.ts'
import { openStore } from '../store/open-store.ts'
import type { StoreSettings } from '../store/open-store.ts'
import { openOperationsInThread } from './in-thread.ts'
import { createOperations } from './operations.ts'
import type { Operations, OperationSettings } from './operations.ts'

/**
 * Opens the database that the settings name and prepares the operations on it: those on PostgreSQL in this thread,
 * which only waits for the server, those on the embedded database in a thread of its own.
 *
 * @throws CM_STORE_UNAVAILABLE when the database cannot be used.
 * @throws CM_CONFIG_INVALID when it was made with another hash key.
 */
export async function openOperations(
  where: StoreSettings,
  settings: OperationSettings,
  clock: Clock,
): Promise<Operations> {
  if (where.databaseUrl === undefined) {
    return openOperationsInThread({ ...settings, path: where.database }, clock)
  }
  const store = await openStore(where, clock)
  try {
    return await createOperations(store, settings, clock)
  } catch (error) {
    await store.close()
    throw error
  }
}
