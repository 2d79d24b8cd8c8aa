import { randomUUID } from 'node:crypto'
import type { CorrectCallResponse } from '../../../src/contract.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { recordAccess } from '../customers/record-access.ts'
import { requireCustomer, requireLocked } from '../customers/require-customer.ts'
import { recordEvent } from '../feed/record-event.ts'
import { bucketOfCustomerRef, mintCustomerRef } from '../identity/customer-ref.ts'
import type { CorrectRequest, UndoRequest } from '../request/correct-request.ts'
import { findCall } from '../store/calls.ts'
import { deleteCorrection, findCorrection, saveCorrection } from '../store/corrections.ts'
import type { Correction } from '../store/corrections.ts'
import { findCurrentCustomer } from '../store/merges.ts'
import { findAllNotes } from '../store/notes.ts'
import type { Note } from '../store/notes.ts'
import { isAsLeft, writeRow } from '../store/row-images.ts'
import type { RowImage } from '../store/row-images.ts'
import type { Scope } from '../store/scope.ts'
import { findTombstone } from '../store/tombstones.ts'
import { callKey } from './answer-once.ts'
import { confirmCall, withdrawConfirmation } from './confirm-call.ts'
import type { Memory } from './memory.ts'
import { moveCall } from './move-call.ts'

interface HeldCall {
  readonly customerRef: string
  readonly note: Note
}

/**
 * Corrects whose call it was: what the call brought goes to another customer, or to a fresh one. The latest
 * correction of a call can be undone as long as nothing that it changed has changed since.
 *
 * @throws CM_NOT_FOUND when there is no such call or correction.
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has the `customer_ref`.
 * @throws CM_CUSTOMER_FORGOTTEN when the customer, or the one of the call, was forgotten.
 * @throws CM_CALL_CONFLICT when a correction cannot be undone any more.
 */
export function correctCall(memory: Memory, request: CorrectRequest): Promise<CorrectCallResponse> {
  const { callId } = request
  const { callHash } = callKey(memory, callId, 'start')
  return memory.database.transaction(async (transaction) => {
    const scope: Scope = { transaction, tenant: memory.tenant }
    if (request.verdict === 'undo') {
      const undone = await undo(scope, callId, callHash, request.correctionId)
      await recordAccess(memory, scope, 'undo_correction', undone.customer_ref)
      await recordEvent(memory, scope, undone.customer_ref, 'call.corrected')
      return undone
    }
    const { customerRef: fromRef, note } = await requireLockedCall(memory, scope, request)
    const toRef = await newHolder(memory, scope, request, fromRef)
    const earlier = await findCorrection(scope, callHash)
    const isConfirmed = earlier !== undefined && isConfirmation(earlier)
    if (toRef === fromRef && isConfirmed) return answer(callId, fromRef, earlier.correctionId)
    if (isConfirmed) await withdrawConfirmation(scope, fromRef, earlier.images)
    const change =
      toRef === fromRef
        ? confirmCall(scope, fromRef, note)
        : move(memory, scope, request, note, { fromRef, toRef })
    const images = await change
    await recordAccess(memory, scope, 'correct', fromRef)
    if (images.length === 0) return answer(callId, fromRef, null)
    const correctionId = randomUUID()
    await saveCorrection(scope, callHash, { correctionId, fromRef, toRef, images })
    await recordCorrection(memory, scope, request, fromRef, toRef)
    return answer(callId, toRef, correctionId)
  })
}

async function move(
  memory: Memory,
  scope: Scope,
  { verdict }: CorrectRequest,
  note: Note,
  refs: { readonly fromRef: string; readonly toRef: string },
): Promise<readonly RowImage[]> {
  const now = memory.clock().getTime()
  const { intentTtlMs } = await memory.retentions.of(scope, now)
  return moveCall(scope, { note, ...refs, now, intentTtlMs, isPicked: verdict === 'another' })
}

/** Both customers have changed; a fresh one is new as well. */
async function recordCorrection(
  memory: Memory,
  scope: Scope,
  { verdict }: CorrectRequest,
  fromRef: string,
  toRef: string,
): Promise<void> {
  await recordEvent(memory, scope, fromRef, 'call.corrected')
  if (toRef === fromRef) return
  const isFresh = verdict === 'wrong_person'
  await recordEvent(
    memory,
    scope,
    toRef,
    ...(isFresh ? (['customer.created'] as const) : []),
    'call.corrected',
  )
}

/** Whether a correction moved nothing, but said that it was the right person. */
function isConfirmation({ fromRef, toRef }: Correction): boolean {
  return fromRef === toRef
}

function answer(callId: string, customerRef: string, correctionId: string | null): CorrectCallResponse {
  return { call_id: callId, customer_ref: customerRef, correction_id: correctionId }
}

async function newHolder(
  memory: Memory,
  scope: Scope,
  request: Exclude<CorrectRequest, UndoRequest>,
  fromRef: string,
): Promise<string> {
  if (request.verdict === 'right_person') return fromRef
  if (request.verdict === 'wrong_person') return mintCustomerRef(bucketOfCustomerRef(fromRef) ?? 0)
  return (await requireCustomer(memory, scope, request.customerRef)).customerRef
}

/** Finds who has the call, once nobody else can change what that customer and the one who is picked have. */
async function requireLockedCall(
  memory: Memory,
  scope: Scope,
  request: Exclude<CorrectRequest, UndoRequest>,
): Promise<HeldCall> {
  const { customerRef } = await requireCall(memory, scope, request.callId)
  const picked = request.verdict === 'another' ? [request.customerRef] : []
  await requireLocked(memory, scope, [customerRef, ...picked])
  return requireCall(memory, scope, request.callId)
}

/** Finds who has the call now: by its latest correction, by its end, by its start. */
async function requireCall(memory: Memory, scope: Scope, callId: string): Promise<HeldCall> {
  const startKey = callKey(memory, callId, 'start')
  const { callHash } = startKey
  const correction = await findCorrection(scope, callHash)
  const end = await findCall(scope, callKey(memory, callId, 'end'))
  const start = await findCall(scope, startKey)
  for (const ref of [correction?.toRef, end?.customerRef, start?.customerRef]) {
    if (ref === undefined) continue
    const customerRef = (await findCurrentCustomer(scope, ref))?.customerRef
    if (customerRef === undefined) continue
    const notes = (await findAllNotes(scope, customerRef)).filter((note) => note.callHash === callHash)
    const note = notes.find(({ endedAt }) => endedAt !== null) ?? notes[0]
    if (note) return { customerRef, note }
  }
  if (await findTombstone(scope, memory.keyedHash, { kind: 'call', callHash })) {
    throw new CallerMemoryError('CM_CUSTOMER_FORGOTTEN', 'the customer of this call was forgotten')
  }
  throw new CallerMemoryError('CM_NOT_FOUND', 'there is no such call')
}

async function undo(
  scope: Scope,
  callId: string,
  callHash: string,
  correctionId: string,
): Promise<CorrectCallResponse> {
  const correction = await findCorrection(scope, callHash)
  if (correction?.correctionId !== correctionId) {
    throw new CallerMemoryError('CM_NOT_FOUND', 'this call has no such correction, or a later one')
  }
  const { images, fromRef } = correction
  if (isConfirmation(correction)) {
    const holder = (await findCurrentCustomer(scope, fromRef))?.customerRef ?? fromRef
    await withdrawConfirmation(scope, holder, images)
    await deleteCorrection(scope, callHash)
    return answer(callId, holder, null)
  }
  if (!(await isAsLeft(scope, images))) {
    const message =
      'what the correction moved has changed since: correct the call to the customer it belongs to'
    throw new CallerMemoryError('CM_CALL_CONFLICT', message)
  }
  for (const image of images.toReversed()) await writeRow(scope, image, image.before)
  await deleteCorrection(scope, callHash)
  return answer(callId, fromRef, null)
}
