import type { KeyedHash } from '../identity/keyed-hash.ts'
import { findAuditEntries, findAuditHead, macOf, sealOf } from '../store/audit.ts'
import type { AuditEntry, AuditHead } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import type { Place } from '../store/places.ts'

/** One chain of the audit log, as far as it is whole. */
export interface VerifiedChain {
  readonly entries: number
  /** Keyed hash of its last good entry. */
  readonly mac: string
  /** The first thing that is wrong with it; undefined when nothing is. */
  readonly problem?: string | undefined
}

const PAGE = 500
// A server may append between two pages; what is really wrong is wrong each time.
const TRIES = 3
const NO_HEAD: AuditHead = { seq: 0, mac: '', prunedSeq: 0, prunedMac: '', seal: '' }

/** Checks the chain of one place, and names the first entry that was changed, moved or removed. */
export async function verifyChain(
  database: Database,
  keyedHash: KeyedHash,
  place: Place,
): Promise<VerifiedChain> {
  let chain: VerifiedChain = { entries: 0, mac: '' }
  for (let tried = 0; tried < TRIES; tried += 1) {
    chain = await verifyOnce(database, keyedHash, place)
    if (chain.problem === undefined) break
  }
  return chain
}

async function verifyOnce(database: Database, keyedHash: KeyedHash, place: Place): Promise<VerifiedChain> {
  const { tenant, bucket } = place
  const scope = { transaction: database, tenant }
  const head = (await findAuditHead(scope, bucket)) ?? NO_HEAD
  if (head !== NO_HEAD && head.seal !== sealOf(keyedHash, tenant, bucket, head)) {
    return { entries: 0, mac: head.mac, problem: 'its head was changed' }
  }
  let last: Pick<AuditEntry, 'seq' | 'mac'> = { seq: head.prunedSeq, mac: head.prunedMac }
  for (let isWhole = false; !isWhole;) {
    const page = await findAuditEntries(scope, bucket, last.seq, PAGE)
    for (const entry of page) {
      const problem = problemOf(keyedHash, place, head, last, entry)
      if (problem !== undefined) return { entries: last.seq - head.prunedSeq, mac: last.mac, problem }
      last = entry
    }
    isWhole = page.length < PAGE
  }
  const problem =
    last.seq < head.seq
      ? `entry ${last.seq + 1} is missing`
      : last.mac === head.mac
        ? undefined
        : 'its head was changed'
  return { entries: last.seq - head.prunedSeq, mac: last.mac, problem }
}

function problemOf(
  keyedHash: KeyedHash,
  { tenant, bucket }: Place,
  head: AuditHead,
  before: Pick<AuditEntry, 'seq' | 'mac'>,
  entry: AuditEntry,
): string | undefined {
  if (head === NO_HEAD) return 'its head is missing'
  if (entry.seq > head.seq) return `entry ${entry.seq} is beyond its head`
  if (entry.seq !== before.seq + 1) return `entry ${before.seq + 1} is missing`
  const isOwn = entry.mac === macOf(keyedHash, tenant, bucket, before.mac, entry)
  return isOwn ? undefined : `entry ${entry.seq} was changed or moved`
}
