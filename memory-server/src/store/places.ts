import type { Database } from './database.ts'
import { listTenants } from './tenants.ts'

/** One shard of one tenant: what leads every key. */
export interface Place {
  readonly tenant: string
  readonly bucket: number
}

/** How many buckets a tenant has. */
export const BUCKETS = 256

/** Every place of the database, for work that goes through all of it in bounded steps. */
export async function* allPlaces(source: Pick<Database, 'read'>): AsyncGenerator<Place> {
  for (const tenant of await listTenants(source)) {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) yield { tenant, bucket }
  }
}
