import type { EndCallResponse, StartCallResponse } from '../../../src/contract.ts'
import { redactEnd } from '../redaction/redact-end.ts'
import type { EndRequest } from '../request/end-request.ts'
import type { Hints } from '../request/hints.ts'
import { findCall } from '../store/calls.ts'
import type { CallRecord } from '../store/calls.ts'
import { findCorrection } from '../store/corrections.ts'
import { dropFromNotes, expireNotes, markNoteMoved, saveNote } from '../store/notes.ts'
import { saveIntent } from '../store/remembered.ts'
import type { Scope } from '../store/scope.ts'
import { answerOnce, callKey } from './answer-once.ts'
import type { Memory } from './memory.ts'
import { recordContact } from './record-contact.ts'
import { notedVariables, saveVariables } from './save-variables.ts'

/**
 * Records how a call ended: its intents and its variables, all of it or nothing. An end without a start stands
 * alone, with a duration of 0.
 *
 * @throws CM_CALL_CONFLICT when the `call_id` was used for another end.
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has the `customer_ref`.
 * @throws CM_CUSTOMER_FORGOTTEN when the customer, or the one of the call, was forgotten.
 * @throws CM_PAYLOAD_INVALID when the customer would have too many variables.
 */
export function endCall(memory: Memory, request: EndRequest): Promise<EndCallResponse> {
  const { callId, hints } = request
  const { intents, variables, redacted } = withoutSecrets(memory, request)
  return answerOnce(memory, 'end', request, async (scope, at) => {
    const now = at.getTime()
    const startKey = callKey(memory, callId, 'start')
    const start = await findCall(scope, startKey)
    const holder = await findHolder(scope, startKey.callHash, start, hints)
    const { startedBy } = holder
    const contact = { ...holder, callBucket: startKey.bucket, requireKnownRef: true }
    const { customerRef } = await recordContact(memory, scope, contact, now)
    const retention = await memory.retentions.of(scope, now)
    const span = { now, openSince: now - retention.intentTtlMs }
    for (const intent of intents) await saveIntent(scope, customerRef, intent, span)
    const saved = await saveVariables(retention, scope, customerRef, variables, now)
    const key = { calledAt: start?.answeredAt ?? now, callHash: startKey.callHash }
    if (startedBy !== undefined && startedBy !== customerRef) await markNoteMoved(scope, startedBy, key)
    await expireNotes(scope, customerRef, now)
    if (saved.forgotten.size > 0) await dropFromNotes(scope, customerRef, saved.forgotten)
    const said = { intents, variables: notedVariables(retention, variables, now) }
    await saveNote(scope, customerRef, { ...key, endedAt: now, ...said })
    return {
      call_id: callId,
      customer_ref: customerRef,
      call_start: start ? callStartOf(start) : at.toISOString(),
      call_end: at.toISOString(),
      duration_seconds: start ? Math.max(0, Math.floor((now - start.answeredAt) / 1000)) : 0,
      intents_updated: intents.length,
      variables_updated: saved.updated,
      ...(saved.kept > 0 && { variables_kept: saved.kept }),
      ...(redacted && { redacted }),
    }
  })
}

/** Whose call it is so far. Whoever saves may not have heard that somebody corrected that. */
async function findHolder(
  scope: Scope,
  callHash: string,
  start: CallRecord | undefined,
  hints: Hints,
): Promise<{ readonly hints: Hints; readonly startedBy?: string }> {
  if (!start) return { hints }
  const correction = await findCorrection(scope, callHash)
  if (!correction) return { hints, startedBy: start.customerRef }
  const { fromRef, toRef: startedBy } = correction
  const isOutdated = hints.customerRef === fromRef
  return { hints: isOutdated ? { ...hints, customerRef: startedBy } : hints, startedBy }
}

/** What may be written, and what was removed from it. The request itself only goes into its keyed hash. */
function withoutSecrets(
  { redact }: Memory,
  end: EndRequest,
): Pick<EndRequest, 'intents' | 'variables'> & Pick<EndCallResponse, 'redacted'> {
  const { request, counts } = redactEnd(end, redact)
  const { intents, variables } = request
  const found = Object.keys(counts).length > 0
  return { intents, variables, ...(found && { redacted: counts }) }
}

function callStartOf(start: CallRecord): string {
  return (JSON.parse(start.answer) as StartCallResponse).call_start
}
