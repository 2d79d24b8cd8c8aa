import { BUCKETS } from '../places.ts'
import type { PostgresHosts } from '../postgres-hosts.ts'
import { tablesOfSchema } from '../tables.ts'
import { holderOf, keeperOf } from './bucket-states.ts'
import type { BucketStates } from './bucket-states.ts'
import { moveBucket } from './move-bucket.ts'
import { joinClusters, readStates, withClient } from './states-on.ts'

/** A bucket to move. Clusters by their position, from 0. */
export interface PlannedMove {
  readonly bucket: number
  readonly from: number
  readonly to: number
}

/** The moves that were begun and not finished. */
export function begunMoves(all: readonly BucketStates[]): readonly PlannedMove[] {
  return Array.from({ length: BUCKETS }, (_, bucket) => bucket).flatMap((bucket) => {
    const arriving = all.findIndex((states) => states[bucket] === 'a')
    const leaving = all.findIndex((states) => states[bucket] === 'l')
    const from = leaving === -1 ? keeperOf(all, bucket) : leaving
    const to = arriving === -1 ? holderOf(all, bucket) : arriving
    return from === undefined || to === undefined || from === to ? [] : [{ bucket, from, to }]
  })
}

/** The fewest moves after which no cluster holds more than one bucket more than another. */
export function evenMoves(all: readonly BucketStates[]): readonly PlannedMove[] {
  const held = all.map((states) =>
    Array.from(states).flatMap((state, bucket) => (state === 'h' ? [bucket] : [])),
  )
  const moves: PlannedMove[] = []
  for (;;) {
    const sizes = held.map((buckets) => buckets.length)
    const from = sizes.indexOf(Math.max(...sizes))
    const to = sizes.indexOf(Math.min(...sizes))
    const bucket = held[from]?.at(-1)
    if (bucket === undefined || (sizes[from] ?? 0) - (sizes[to] ?? 0) < 2) return moves
    held[from]?.pop()
    held[to]?.push(bucket)
    moves.push({ bucket, from, to })
  }
}

/** What to move; without a wish, an even spread. */
export interface RebalanceWish {
  /** A bucket and the position of the cluster it should go to, from 0. */
  readonly only?: { readonly bucket: number; readonly to: number }
}

/** The moves that a wish comes down to now, those that were begun first. */
export function planOf(all: readonly BucketStates[], { only }: RebalanceWish): readonly PlannedMove[] {
  const begun = begunMoves(all)
  const settled = all.map((states, cluster) =>
    Array.from(states)
      .map((state, bucket) => {
        const move = begun.find((each) => each.bucket === bucket)
        if (!move) return state
        return move.to === cluster ? 'h' : '-'
      })
      .join(''),
  )
  if (!only) return [...begun, ...evenMoves(settled)]
  const from = holderOf(settled, only.bucket)
  return from === undefined || from === only.to ? begun : [...begun, { ...only, from }]
}

/**
 * Moves buckets between clusters while servers go on. Cut short at any point, it goes on when run again.
 * `onMoved` is told after each bucket.
 *
 * @throws CM_STORE_UNAVAILABLE, CM_CONFIG_INVALID
 */
export async function rebalance(
  hosts: readonly PostgresHosts[],
  wish: RebalanceWish,
  onMoved: (move: PlannedMove, done: number, of: number) => void,
): Promise<number> {
  const { all } = await joinClusters(hosts)
  const plan = planOf(all, wish)
  for (const [done, move] of plan.entries()) {
    const source = hosts[move.from]
    const target = hosts[move.to]
    if (source && target) await moveBucket({ bucket: move.bucket, source, target })
    onMoved(move, done + 1, plan.length)
  }
  return plan.length
}

/** What one cluster holds. */
export interface ClusterContents {
  readonly held: number
  /** Buckets that come or go. */
  readonly moving: number
  /** Rows of buckets, by table. */
  readonly rows: Readonly<Record<string, number>>
}

/** Counts what each cluster holds. It reads every row, so on a large database it takes its time. */
export async function countContents(hosts: readonly PostgresHosts[]): Promise<readonly ClusterContents[]> {
  const { all } = await readStates(hosts)
  const contents: ClusterContents[] = []
  for (const [at, each] of hosts.entries()) {
    const states = Array.from(all[at] ?? '')
    const rows: Record<string, number> = {}
    for (const { name } of tablesOfSchema().filter(({ isWhole }) => !isWhole)) {
      const counted = await withClient(each, (client) =>
        client.query<{ total: string }>(`SELECT count(*) AS total FROM ${name}`),
      )
      rows[name] = Number(counted.rows[0]?.total)
    }
    contents.push({
      held: states.filter((state) => state === 'h').length,
      moving: states.filter((state) => state === 'a' || state === 'l').length,
      rows,
    })
  }
  return contents
}
