import type { SaveOutcome } from '../call/saving/save-call.ts'
import type { SaveReceipt, SaveReceiptStatus } from '../flex-contract.ts'
import { CallerMemoryError } from '../errors.ts'

/**
 * The receipt that an agent gets.
 *
 * @throws CM_SESSION_UNAVAILABLE when nothing was saved or kept: the plugin sends it again.
 * @throws CM_NOT_FOUND for a call that nobody knows.
 */
export function receiptOf({ kind, customerRef }: SaveOutcome): SaveReceipt {
  if (kind === 'failed') {
    throw new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'the wrap-up was neither saved nor kept')
  }
  if (kind === 'unknown-call') throw new CallerMemoryError('CM_NOT_FOUND', 'the call has no session')
  return { status: STATUSES[kind], customer_ref: customerRef ?? null }
}

type ReceiptKind = Exclude<SaveOutcome['kind'], 'failed' | 'unknown-call'>

const STATUSES: Readonly<Record<ReceiptKind, SaveReceiptStatus>> = {
  saved: 'saved',
  pending: 'pending',
  'set-aside': 'set-aside',
  forgotten: 'forgotten',
  'saved-before': 'saved-before',
  'nothing-new': 'nothing-new',
  // Neither comes of a wrap-up.
  noted: 'nothing-new',
  'left-to-agent': 'nothing-new',
  nobody: 'not-kept',
}
