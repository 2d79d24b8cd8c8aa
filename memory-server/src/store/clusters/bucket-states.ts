import { CallerMemoryError } from '../../../../src/errors.ts'
import { BUCKETS } from '../places.ts'

/**
 * What a cluster says of one bucket:
 * - `h`, held: it serves the bucket.
 * - `a`, arriving: rows are being copied here; another cluster serves it.
 * - `l`, leaving: nobody serves it, or already the one where it has arrived; rows are still here.
 * - `-`: it has nothing to do with the bucket.
 */
export type BucketState = 'h' | 'a' | 'l' | '-'

/** What a cluster says of all buckets, one character each. */
export type BucketStates = string

/** The states of a cluster that serves every bucket, and of one that is new. */
export const ALL_HELD: BucketStates = 'h'.repeat(BUCKETS)
export const NONE_HELD: BucketStates = '-'.repeat(BUCKETS)

/** The states with one of them changed. */
export function withState(states: BucketStates, bucket: number, state: BucketState): BucketStates {
  return states.slice(0, bucket) + state + states.slice(bucket + 1)
}

/** Which cluster serves a bucket; undefined while it is between two. */
export function holderOf(all: readonly BucketStates[], bucket: number): number | undefined {
  const holder = all.findIndex((states) => states[bucket] === 'h')
  return holder === -1 ? undefined : holder
}

/** Which cluster has the whole of a bucket's rows, served or not; undefined when none says so. */
export function keeperOf(all: readonly BucketStates[], bucket: number): number | undefined {
  const leaving = all.findIndex((states) => states[bucket] === 'l')
  return holderOf(all, bucket) ?? (leaving === -1 ? undefined : leaving)
}

/** The first bucket that is not in exactly one place, in words; undefined when all is well. */
export function problemOf(all: readonly BucketStates[]): string | undefined {
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const said = (state: BucketState): number => all.filter((states) => states[bucket] === state).length
    if (said('h') > 1) return `bucket ${bucket} is held by several of the clusters`
    if (said('h') === 0 && (said('l') !== 1 || said('a') !== 1)) {
      return `bucket ${bucket} is held by none of the clusters`
    }
  }
  return undefined
}

/** Reads what a cluster says. */
export function bucketStates(text: string): BucketStates {
  if (text.length === BUCKETS && /^[hal-]+$/.test(text)) return text
  throw new CallerMemoryError('CM_BUG', 'the cluster says nothing that can be read about its buckets')
}
