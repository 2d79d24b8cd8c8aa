import { assessIdentity } from '../../../src/caller/confidence.ts'
import type { StartCallResponse } from '../../../src/contract.ts'
import { recordEvent } from '../feed/record-event.ts'
import { candidatesOf, evidenceFor } from '../identity/choose-customer.ts'
import { identifiersOf } from '../identity/identifiers.ts'
import type { StartRequest } from '../request/start-request.ts'
import type { EventKind } from '../store/events.ts'
import { noteStart } from '../store/notes.ts'
import { findRemembered } from '../store/remembered.ts'
import { answerOnce } from './answer-once.ts'
import type { Memory } from './memory.ts'
import { identifyContact, lookUp, recordContact } from './record-contact.ts'

/**
 * Answers the start of a call: who it is, how sure that is, and what is remembered. The contact itself is
 * recorded before the answer is given.
 *
 * @throws CM_CALL_CONFLICT when the `call_id` was used for another start.
 * @throws CM_CUSTOMER_FORGOTTEN when the call was of a customer who has been forgotten since.
 */
export function startCall(memory: Memory, request: StartRequest): Promise<StartCallResponse> {
  const { callId, hints, telco } = request
  const identifiers = identifiersOf(hints, memory.tenant, memory.keyedHash)
  return answerOnce(memory, 'start', request, {
    lookAhead: (scope) => lookUp(scope, identifiers, hints),
    answer: async (scope, { at, bucket, callHash }, found) => {
      const now = at.getTime()
      const { intentTtlMs } = await memory.retentions.of(scope, now)
      const asked = { hints, identifiers, callBucket: bucket, requireKnownRef: false }
      const contact = await identifyContact(memory, scope, asked, found, now)
      const { customerRef, known, matches } = contact
      const [, , remembered] = await Promise.all([
        recordContact(memory, scope, contact, now),
        noteStart(scope, customerRef, { calledAt: now, callHash }),
        known
          ? findRemembered(scope, customerRef, { now, openSince: now - intentTtlMs })
          : { openIntents: [], variables: {} },
      ])
      const news: readonly EventKind[] = known ? ['call.started'] : ['customer.created', 'call.started']
      await recordEvent(memory, scope, customerRef, ...news)
      const evidence = known ? evidenceFor(matches, known, telco, now) : {}
      const candidates = candidatesOf(matches, telco, now)
      return {
        call_id: callId,
        customer_ref: customerRef,
        call_start: at.toISOString(),
        identity: assessIdentity(evidence).identity,
        open_intents: remembered.openIntents,
        variables: remembered.variables,
        ...(candidates.length > 0 && { candidates }),
      }
    },
  })
}
