import { createHash } from 'node:crypto'
import type { Memory } from '../calls/memory.ts'
import { bucketOfCustomerRef } from '../identity/customer-ref.ts'
import { bucketOfHash } from '../identity/keyed-hash.ts'
import { insertEvent } from '../store/events.ts'
import type { EventKind } from '../store/events.ts'
import type { Scope } from '../store/scope.ts'

/** How the feed names a customer who was forgotten: whoever has the reference recognizes it, nobody else can. */
export const FORGOTTEN = 'sha256:'

/** Tells the change feed what happened to a customer, in the transaction in which it happens, with one narrow row. */
export async function recordEvent(
  memory: Memory,
  scope: Scope,
  customerRef: string,
  ...kinds: readonly EventKind[]
): Promise<void> {
  const { eventRetentionMs, now } = memory
  if (eventRetentionMs === undefined) return
  const at = now()
  const event = { at, kinds, customer: customerRef }
  await insertEvent(scope, bucketOfCustomerRef(customerRef) ?? 0, event, at - eventRetentionMs)
}

/** Tells the change feed that a customer was forgotten, without keeping the reference. */
export async function recordForgotten(
  memory: Pick<Memory, 'eventRetentionMs' | 'now'>,
  scope: Scope,
  customerRef: string,
): Promise<void> {
  const { eventRetentionMs, now } = memory
  if (eventRetentionMs === undefined) return
  const hash = createHash('sha256').update(customerRef).digest('hex')
  const at = now()
  const event = { at, kinds: ['customer.forgotten'] as const, customer: `${FORGOTTEN}${hash}` }
  await insertEvent(scope, bucketOfHash(hash), event, at - eventRetentionMs)
}
