import { assessIdentity } from '../../../src/caller/confidence.ts'
import type { StartCallResponse } from '../../../src/contract.ts'
import { candidatesOf, evidenceFor } from '../identity/choose-customer.ts'
import type { StartRequest } from '../request/start-request.ts'
import { noteStart } from '../store/notes.ts'
import { findOpenIntents, findVariables } from '../store/remembered.ts'
import { answerOnce, callKey } from './answer-once.ts'
import type { Memory } from './memory.ts'
import { recordContact } from './record-contact.ts'

/**
 * Answers the start of a call: who it is, how sure that is, and what is remembered. The contact itself is
 * recorded before the answer is given.
 *
 * @throws CM_CALL_CONFLICT when the `call_id` was used for another start.
 * @throws CM_CUSTOMER_FORGOTTEN when the call was of a customer who has been forgotten since.
 */
export function startCall(memory: Memory, request: StartRequest): Promise<StartCallResponse> {
  const { callId, hints, telco } = request
  return answerOnce(memory, 'start', request, async (scope, at) => {
    const now = at.getTime()
    const { intentTtlMs } = await memory.retentions.of(scope, now)
    const openSince = now - intentTtlMs
    const { bucket: callBucket, callHash } = callKey(memory, callId, 'start')
    const contact = { hints, callBucket, requireKnownRef: false }
    const { customerRef, known, matches } = await recordContact(memory, scope, contact, now)
    await noteStart(scope, customerRef, { calledAt: now, callHash })
    const evidence = known ? evidenceFor(matches, known, telco, now) : {}
    const candidates = candidatesOf(matches, telco, now)
    return {
      call_id: callId,
      customer_ref: customerRef,
      call_start: at.toISOString(),
      identity: assessIdentity(evidence).identity,
      open_intents: known ? await findOpenIntents(scope, customerRef, { openSince }) : [],
      variables: known ? await findVariables(scope, customerRef, now) : {},
      ...(candidates.length > 0 && { candidates }),
    }
  })
}
