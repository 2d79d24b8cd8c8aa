import type { EndCallResponse, StartCallResponse } from '../../../src/contract.ts'
import { redactEnd } from '../redaction/redact-end.ts'
import { payloadInvalid } from '../request/body.ts'
import type { EndRequest } from '../request/end-request.ts'
import type { Hints } from '../request/hints.ts'
import { MAX_VARIABLES } from '../request/variables.ts'
import type { VariableWrite } from '../request/variables.ts'
import { findCall } from '../store/calls.ts'
import type { CallRecord } from '../store/calls.ts'
import { findCorrection } from '../store/corrections.ts'
import { dropFromNotes, expireNotes, markNoteMoved, saveNote } from '../store/notes.ts'
import type { NoteKey } from '../store/notes.ts'
import {
  deleteExpiredVariables,
  deleteVariable,
  findVariables,
  saveIntent,
  saveVariable,
} from '../store/remembered.ts'
import type { Scope } from '../store/scope.ts'
import { answerOnce, callKey } from './answer-once.ts'
import type { Memory } from './memory.ts'
import { recordContact } from './record-contact.ts'

/**
 * Records how a call ended: its intent and its variables, all of it or nothing. An end without a start stands
 * alone, with a duration of 0.
 *
 * @throws CM_CALL_CONFLICT when the `call_id` was used for another end.
 * @throws CM_CUSTOMER_NOT_FOUND when nobody has the `customer_ref`.
 * @throws CM_CUSTOMER_FORGOTTEN when the customer, or the one of the call, was forgotten.
 * @throws CM_PAYLOAD_INVALID when the customer would have too many variables.
 */
export function endCall(memory: Memory, request: EndRequest): Promise<EndCallResponse> {
  const { callId, hints } = request
  const { intent, variables, redacted } = withoutSecrets(memory, request)
  return answerOnce(memory, 'end', request, async (scope, at) => {
    const now = at.getTime()
    const startKey = callKey(memory, callId, 'start')
    const start = await findCall(scope, startKey)
    const holder = await findHolder(scope, startKey.callHash, start, hints)
    const { startedBy } = holder
    const contact = { ...holder, callBucket: startKey.bucket, requireKnownRef: true }
    const { customerRef } = await recordContact(memory, scope, contact, now)
    if (intent) await saveIntent(scope, customerRef, intent, now)
    await saveVariables(memory, scope, customerRef, variables, now)
    const key = { calledAt: start?.answeredAt ?? now, callHash: startKey.callHash }
    if (startedBy !== undefined && startedBy !== customerRef) await markNoteMoved(scope, startedBy, key)
    await noteEnd(
      memory,
      scope,
      customerRef,
      { ...key, endedAt: now },
      {
        ...(intent && { intent }),
        variables,
      },
    )
    return {
      call_id: callId,
      customer_ref: customerRef,
      call_start: start ? callStartOf(start) : at.toISOString(),
      call_end: at.toISOString(),
      duration_seconds: start ? Math.max(0, Math.floor((now - start.answeredAt) / 1000)) : 0,
      intents_updated: intent ? 1 : 0,
      variables_updated: variables.length,
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
): Pick<EndRequest, 'intent' | 'variables'> & Pick<EndCallResponse, 'redacted'> {
  const { request, counts } = redactEnd(end, redact)
  const { intent, variables } = request
  const found = Object.keys(counts).length > 0
  return { ...(intent && { intent }), variables, ...(found && { redacted: counts }) }
}

function callStartOf(start: CallRecord): string {
  return (JSON.parse(start.answer) as StartCallResponse).call_start
}

/** Keeps what the call brought, beside what it changed. Variables in notes are forgotten like all others. */
async function noteEnd(
  memory: Memory,
  scope: Scope,
  customerRef: string,
  call: NoteKey & { readonly endedAt: number },
  { intent, variables }: Pick<EndRequest, 'intent' | 'variables'>,
): Promise<void> {
  await expireNotes(scope, customerRef, call.endedAt)
  const forgotten = variables.filter(({ value }) => value === null).map(({ name }) => name)
  if (forgotten.length > 0) await dropFromNotes(scope, customerRef, new Set(forgotten))
  const said = variables.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const]))
  await saveNote(scope, customerRef, {
    ...call,
    intent: intent?.intent ?? '',
    intentStatus: intent?.status ?? '',
    variables: Object.fromEntries(said),
    expiresAt: call.endedAt + memory.variableTtlMs,
  })
}

async function saveVariables(
  memory: Memory,
  scope: Scope,
  customerRef: string,
  variables: readonly VariableWrite[],
  now: number,
): Promise<void> {
  if (variables.length === 0) return
  await deleteExpiredVariables(scope, customerRef, now)
  const expiresAt = now + memory.variableTtlMs
  for (const { name, value } of variables) {
    if (value === null) await deleteVariable(scope, customerRef, name)
    else await saveVariable(scope, customerRef, { name, value, expiresAt }, now)
  }
  const kept = Object.keys(await findVariables(scope, customerRef, now)).length
  if (kept > MAX_VARIABLES) {
    const message = `the customer would have ${kept} variables; at most ${MAX_VARIABLES} are kept`
    throw payloadInvalid([{ path: ['variables'], message }])
  }
}
