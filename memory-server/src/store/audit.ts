import type { KeyedHash } from '../identity/keyed-hash.ts'
import { numberOf, textOf } from './database.ts'
import type { Row } from './database.ts'
import type { ReadScope, Scope } from './scope.ts'
import { STATEMENTS } from './statements.ts'

/** What the audit log records. */
export type AuditAction =
  | 'show'
  | 'reveal'
  | 'export'
  | 'recall'
  | 'forget'
  | 'expire'
  | 'correct'
  | 'undo_correction'
  | 'merge'
  | 'unmerge'
  | 'create_key'
  | 'revoke_key'
  | 'create_tenant'
  | 'change_settings'

/** What happened. Nothing in it names a person. */
export interface AuditEvent {
  /** Epoch milliseconds. */
  readonly at: number
  readonly action: AuditAction
  /** Prefix of the key that asked, `configuration`, `command line` or `server`. */
  readonly actor: string
  /** Keyed hash of the customer; empty when it is about nobody. */
  readonly subject: string
  /** Prefix of a key, or a name that is nobody's; usually empty. */
  readonly detail: string
}

/** An entry of the log. */
export interface AuditEntry extends AuditEvent {
  /** Counts from 1 in its chain. */
  readonly seq: number
  /** Keyed hash of the entry and of the one before it. */
  readonly mac: string
}

/** How far a chain goes, and up to where its oldest entries were removed. */
export interface AuditHead {
  readonly seq: number
  readonly mac: string
  readonly prunedSeq: number
  readonly prunedMac: string
  /** Keyed hash of the head itself. */
  readonly seal: string
}

/** Computes the `mac` of an entry from the one of the entry before it. */
export function macOf(
  keyedHash: KeyedHash,
  tenant: string,
  bucket: number,
  before: string,
  { seq, at, action, actor, subject, detail }: Omit<AuditEntry, 'mac'>,
): string {
  return keyedHash('audit', before, tenant, `${bucket} ${seq} ${at}`, action, actor, subject, detail)
}

/** Computes the seal of a head. */
export function sealOf(
  keyedHash: KeyedHash,
  tenant: string,
  bucket: number,
  { seq, mac, prunedSeq, prunedMac }: Omit<AuditHead, 'seal'>,
): string {
  return keyedHash('audit head', tenant, `${bucket} ${seq} ${prunedSeq}`, mac, prunedMac)
}

/** Appends an entry to the chain of a bucket. From here until the transaction ends nobody else appends there. */
export async function appendAudit(
  scope: Scope,
  keyedHash: KeyedHash,
  bucket: number,
  event: AuditEvent,
): Promise<void> {
  const { transaction, tenant } = scope
  await transaction.run(STATEMENTS.claimAuditHead, [tenant, bucket])
  const head = await findAuditHead(scope, bucket)
  if (!head) return
  const seq = head.seq + 1
  const mac = macOf(keyedHash, tenant, bucket, head.mac, { seq, ...event })
  const { at, action, actor, subject, detail } = event
  const row = [tenant, bucket, seq, at, action, actor, subject, detail, mac]
  await transaction.run(STATEMENTS.insertAuditEntry, row)
  await writeAuditHead(scope, keyedHash, bucket, { ...head, seq, mac })
}

/** Finds the head of a chain; undefined when nothing was ever recorded there. */
export async function findAuditHead(
  { transaction, tenant }: ReadScope,
  bucket: number,
): Promise<AuditHead | undefined> {
  const [row] = await transaction.read(STATEMENTS.findAuditHead, [tenant, bucket])
  return (
    row && {
      seq: numberOf(row, 'seq'),
      mac: textOf(row, 'mac'),
      prunedSeq: numberOf(row, 'pruned_seq'),
      prunedMac: textOf(row, 'pruned_mac'),
      seal: textOf(row, 'seal'),
    }
  )
}

/** Finds the entries of a chain that follow `after`, at most `limit`, in their order. */
export async function findAuditEntries(
  { transaction, tenant }: ReadScope,
  bucket: number,
  after: number,
  limit: number,
): Promise<AuditEntry[]> {
  const rows = await transaction.read(STATEMENTS.findAuditEntries, [tenant, bucket, after, limit])
  return rows.map((row) => entryOf(row))
}

/**
 * Removes the entries of a chain that are older than `before`, in epoch milliseconds, at most `limit` at a time.
 * The head remembers where the chain begins now. Answers how many went.
 */
export async function pruneAudit(
  scope: Scope,
  keyedHash: KeyedHash,
  bucket: number,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<number> {
  const seen = await findAuditHead(scope, bucket)
  if (!seen || (await findOld(scope, bucket, seen.prunedSeq, before, 1)).length === 0) return 0
  const { transaction, tenant } = scope
  await transaction.run(STATEMENTS.claimAuditHead, [tenant, bucket])
  const head = (await findAuditHead(scope, bucket)) ?? seen
  const old = await findOld(scope, bucket, head.prunedSeq, before, limit)
  const last = old.at(-1)
  if (!last) return 0
  await transaction.run(STATEMENTS.pruneAuditEntries, [tenant, bucket, last.seq])
  await writeAuditHead(scope, keyedHash, bucket, { ...head, prunedSeq: last.seq, prunedMac: last.mac })
  return old.length
}

/** The oldest entries up to the first that is young enough: a chain is only ever cut at its beginning. */
async function findOld(
  scope: Scope,
  bucket: number,
  after: number,
  before: number,
  limit: number,
): Promise<AuditEntry[]> {
  const entries = await findAuditEntries(scope, bucket, after, limit)
  const young = entries.findIndex(({ at }) => at >= before)
  return young === -1 ? entries : entries.slice(0, young)
}

async function writeAuditHead(
  { transaction, tenant }: Scope,
  keyedHash: KeyedHash,
  bucket: number,
  head: Omit<AuditHead, 'seal'>,
): Promise<void> {
  const { seq, mac, prunedSeq, prunedMac } = head
  const seal = sealOf(keyedHash, tenant, bucket, head)
  await transaction.run(STATEMENTS.writeAuditHead, [tenant, bucket, seq, mac, prunedSeq, prunedMac, seal])
}

function entryOf(row: Row): AuditEntry {
  return {
    seq: numberOf(row, 'seq'),
    at: numberOf(row, 'at'),
    action: textOf(row, 'action') as AuditAction,
    actor: textOf(row, 'actor'),
    subject: textOf(row, 'subject'),
    detail: textOf(row, 'detail'),
    mac: textOf(row, 'mac'),
  }
}
