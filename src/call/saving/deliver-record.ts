import { asCallerMemoryError, type CallerMemoryError, type ErrorCode } from '../../errors.ts'
import type { CallerMemory, CallRecord } from '../../memory/caller-memory.ts'
import type { OpenedRecord } from './seal.ts'

/** What became of a record that was sent to the memory. */
export type Delivery =
  | { readonly kind: 'landed'; readonly customerRef?: string }
  /** It may be taken later. */
  | { readonly kind: 'deferred'; readonly fault: CallerMemoryError }
  /** It will never be taken as it is. */
  | { readonly kind: 'refused'; readonly fault: CallerMemoryError }
  /** The customer was forgotten: it must not be kept either. */
  | { readonly kind: 'forgotten'; readonly fault: CallerMemoryError }

// What a record goes under when its name is taken by another one, saved by number while Sync was away.
const MORE = ':more'

/**
 * Sends a record to the memory. Never throws. When the memory has another record under the same name, this
 * one is added under a name of its own, unless it is an incomplete copy: then the whole one is there.
 */
export async function deliverRecord(
  { record, complete }: OpenedRecord,
  memory: Pick<CallerMemory, 'endCall'>,
): Promise<Delivery> {
  const first = await send(record, memory)
  if (!isConflict(first)) return first
  if (!complete) return { kind: 'landed' }
  const second = await send({ ...record, callSid: `${record.callSid}${MORE}` }, memory)
  return isConflict(second) ? { kind: 'landed' } : second
}

async function send(record: CallRecord, memory: Pick<CallerMemory, 'endCall'>): Promise<Delivery> {
  try {
    const { customerRef } = await memory.endCall(record)
    return { kind: 'landed', customerRef }
  } catch (error) {
    const fault = asCallerMemoryError(error)
    if (fault.facts.upstreamStatus === GONE) return { kind: 'forgotten', fault }
    return { kind: FINAL.has(fault.code) ? 'refused' : 'deferred', fault }
  }
}

const GONE = 410
// A wrong key and a used-up quota are mended by people; the save itself is good and waits for them.
const FINAL: ReadonlySet<ErrorCode> = new Set(['CM_MEMORY_REJECTED', 'CM_MEMORY_CONFLICT'])

function isConflict(delivery: Delivery): boolean {
  return delivery.kind === 'refused' && delivery.fault.code === 'CM_MEMORY_CONFLICT'
}
