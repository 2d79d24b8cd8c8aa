import { CallerMemoryError } from '../../../../src/errors.ts'
import type { PostgresHosts } from '../postgres-hosts.ts'
import { ALONE } from '../postgres.ts'
import { ONE_CLUSTER_SQL } from '../sql/clusters.ts'
import { bucketStates, withState } from './bucket-states.ts'
import type { BucketState } from './bucket-states.ts'
import { clearBucket, copyBucket, removeStrays } from './copy-bucket.ts'
import type { BucketMove } from './copy-bucket.ts'
import { inTransaction, withClient } from './states-on.ts'

// What is written while a copy runs is copied by the next one; few rows are left for the last, which holds callers up.
const MOST_COPIES = 5
const FEW_ROWS = 200

const TRIES = 100
const PAUSE_MS = 50

/**
 * Moves one bucket, or goes on with a move that was cut short: what the two clusters say of the bucket is all that
 * is remembered. Until the last copy servers go on as before; during it they wait; afterwards they find the bucket
 * in its new place.
 *
 * @throws CM_STORE_UNAVAILABLE when a cluster cannot be reached, or another move gets in the way.
 */
export async function moveBucket(move: BucketMove): Promise<void> {
  const { bucket, source, target } = move
  if ((await stateOn(target, bucket)) !== 'h') {
    await change(target, bucket, ['-', 'a'], 'a')
    if ((await stateOn(source, bucket)) === 'h') {
      for (let copies = 0; copies < MOST_COPIES && (await copyBucket(move)) > FEW_ROWS; copies += 1);
      await change(source, bucket, ['h'], 'l')
    }
    await endServersThatKnowOneCluster(source)
    await copyBucket(move)
    await removeStrays(move)
    await change(target, bucket, ['a'], 'h')
  }
  await clearBucket(source, bucket)
  await change(source, bucket, ['l'], '-')
}

async function stateOn(hosts: PostgresHosts, bucket: number): Promise<string | undefined> {
  const { rows } = await withClient(hosts, (client) =>
    client.query<{ value: string }>(ONE_CLUSTER_SQL.findBuckets),
  )
  return bucketStates(rows[0]?.value ?? '')[bucket]
}

/** Changes what a cluster says of a bucket, when no transaction is underway there that relies on it. */
async function change(
  hosts: PostgresHosts,
  bucket: number,
  from: readonly BucketState[],
  to: BucketState,
): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const outcome = await tryChange(hosts, bucket, from, to).catch((error: unknown) => {
      if (tried === TRIES || !isLockTimeout(error)) throw error
      return 'busy' as const
    })
    if (outcome === 'done') return
    if (outcome === 'other') {
      throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'another rebalance is moving the same bucket')
    }
    await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS))
  }
}

function tryChange(
  hosts: PostgresHosts,
  bucket: number,
  from: readonly BucketState[],
  to: BucketState,
): Promise<'done' | 'other'> {
  return inTransaction(hosts, ONE_CLUSTER_SQL.openAlone, async (client) => {
    const { rows } = await client.query<{ value: string }>(ONE_CLUSTER_SQL.findBuckets)
    const states = bucketStates(rows[0]?.value ?? '')
    if (!from.some((state) => state === states[bucket])) return 'other'
    await client.query(ONE_CLUSTER_SQL.saveBuckets, [withState(states, bucket, to)])
    return 'done'
  })
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof CallerMemoryError && error.message.endsWith('55P03')
}

/**
 * Ends the connections of servers that know of this cluster only: they asked what it holds when they connected.
 * When they connect again they are refused.
 */
async function endServersThatKnowOneCluster(source: PostgresHosts): Promise<void> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const open = await withClient(source, async (client) => {
      await client.query(ONE_CLUSTER_SQL.endSessions, [ALONE])
      const { rows } = await client.query<{ open: string }>(ONE_CLUSTER_SQL.countSessions, [ALONE])
      return Number(rows[0]?.open)
    })
    if (open === 0) return
    await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS))
  }
  throw new CallerMemoryError(
    'CM_STORE_UNAVAILABLE',
    'a server that knows of one cluster only cannot be ended',
  )
}
