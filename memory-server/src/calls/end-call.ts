import type { EndCallResponse } from '../../../src/contract.ts'
import { recordEvent } from '../feed/record-event.ts'
import { identifiersOf } from '../identity/identifiers.ts'
import { redactEnd } from '../redaction/redact-end.ts'
import type { EndRequest } from '../request/end-request.ts'
import type { Hints } from '../request/hints.ts'
import type { IntentWrite } from '../request/intent.ts'
import type { AnsweredCall } from '../store/calls.ts'
import type { Said } from '../store/noted.ts'
import type { EventKind } from '../store/events.ts'
import { dropFromMerges } from '../store/merges.ts'
import { dropFromNotes, expireNotes, markNoteMoved, saveNote } from '../store/notes.ts'
import { saveIntent } from '../store/remembered.ts'
import type { OpenSpan } from '../store/remembered.ts'
import type { Scope } from '../store/scope.ts'
import { answerOnce } from './answer-once.ts'
import type { CallAtHand } from './answer-once.ts'
import type { Memory } from './memory.ts'
import { identifyContact, lookUp, recordContact } from './record-contact.ts'
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
  const identifiers = identifiersOf(hints, memory.tenant, memory.keyedHash)
  return answerOnce(memory, 'end', request, {
    lookAhead: (scope) => lookUp(scope, identifiers, hints),
    answer: async (scope, call, ahead) => {
      const { at, start, bucket: callBucket } = call
      const now = at.getTime()
      const holder = holderOf(call, hints)
      const found = holder.hints === hints ? ahead : await lookUp(scope, identifiers, holder.hints)
      const asked = { ...holder, identifiers, callBucket, requireKnownRef: true }
      const contact = await identifyContact(memory, scope, asked, found, now)
      const retention = await memory.retentions.of(scope, now)
      const said = { intents, variables: notedVariables(retention, variables, now) }
      const [, saved] = await Promise.all([
        recordContact(memory, scope, contact, now),
        saveVariables(retention, scope, contact.customerRef, variables, now),
        saveIntents(scope, contact.customerRef, intents, { now, openSince: now - retention.intentTtlMs }),
        noteEnd(scope, contact.customerRef, contact.matches.byCall?.customerRef, call, said),
      ])
      if (saved.forgotten.size > 0) await dropForgotten(scope, contact.customerRef, saved.forgotten)
      const news: readonly EventKind[] = contact.known ? ['call.ended'] : ['customer.created', 'call.ended']
      await recordEvent(memory, scope, contact.customerRef, ...news)
      return {
        call_id: callId,
        customer_ref: contact.customerRef,
        call_start: new Date(start ? start.answeredAt : now).toISOString(),
        call_end: at.toISOString(),
        duration_seconds: start ? Math.max(0, Math.floor((now - start.answeredAt) / 1000)) : 0,
        intents_updated: intents.length,
        variables_updated: saved.updated,
        ...(saved.kept > 0 && { variables_kept: saved.kept }),
        ...(redacted && { redacted }),
      }
    },
  })
}

/** A name that is to be forgotten is neither to be recalled nor to come back when a merge is taken apart. */
async function dropForgotten(scope: Scope, customerRef: string, names: ReadonlySet<string>): Promise<void> {
  await dropFromNotes(scope, customerRef, names)
  await dropFromMerges(scope, customerRef, names)
}

async function saveIntents(
  scope: Scope,
  customerRef: string,
  intents: readonly IntentWrite[],
  span: OpenSpan,
): Promise<void> {
  await Promise.all(intents.map((intent) => saveIntent(scope, customerRef, intent, span)))
}

/** Keeps what the call brought, beside what it changed. Variables in notes are forgotten like all others. */
async function noteEnd(
  scope: Scope,
  customerRef: string,
  startedBy: string | undefined,
  { callHash, at, start }: CallAtHand,
  said: Said,
): Promise<void> {
  const endedAt = at.getTime()
  const key = { calledAt: start?.answeredAt ?? endedAt, callHash }
  await Promise.all([
    startedBy !== undefined && startedBy !== customerRef && markNoteMoved(scope, startedBy, key),
    expireNotes(scope, customerRef, endedAt),
    saveNote(scope, customerRef, { ...key, endedAt, ...said }),
  ])
}

/** Whose call it is so far. Whoever saves may not have heard that somebody corrected that. */
function holderOf(
  { start, correction }: AnsweredCall,
  hints: Hints,
): { readonly hints: Hints; readonly startedBy?: string } {
  if (!start) return { hints }
  if (!correction) return { hints, startedBy: start.customerRef }
  const { fromRef, toRef: startedBy } = correction
  const isOutdated = hints.customerRef === fromRef || hints.customerRef === start.customerRef
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
