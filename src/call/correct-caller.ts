import type { CorrectCallerResponse } from '../flex-contract.ts'
import { CallerMemoryError } from '../errors.ts'
import type { CustomerMemory, Verdict } from '../memory/customer-memory.ts'
import type { CallSession, CallSessions } from './session.ts'
import { requireSession } from './show-caller.ts'

export interface CorrectCallerPorts {
  readonly sessions: Pick<CallSessions, 'load' | 'change'>
  readonly customers: Pick<CustomerMemory, 'correctCall'>
}

/**
 * Says whose call it was, for every record of the call: the final one and what agents added. Only candidates
 * of this call can be chosen. Repeating it moves nothing twice.
 *
 * @throws CM_NOT_FOUND for a call without a session.
 * @throws CM_NO_CANDIDATE for a customer who is no candidate of the call.
 */
export async function correctCaller(
  callSid: string,
  verdict: Verdict,
  { sessions, customers }: CorrectCallerPorts,
): Promise<CorrectCallerResponse> {
  const session = await requireSession(callSid, sessions)
  requireCandidate(session, verdict)
  const corrected =
    verdict.verdict === 'undo'
      ? await undoAll(callIdsOf(session), verdict.correction_id.split(SEPARATOR), customers)
      : await correctAll(callIdsOf(session), verdict, customers)
  await sessions.change(callSid, (kept) => ({
    ...(kept && { session: withCorrection(kept, verdict, corrected) }),
    result: undefined,
  }))
  return corrected
}

/** The session remembers what was said, so that a panel that is opened again shows it and can take it back. */
function withCorrection(
  { correction: before, ...kept }: CallSession,
  { verdict }: Verdict,
  { customer_ref, correction_id }: CorrectCallerResponse,
): CallSession {
  const session = { ...kept, customerRef: customer_ref }
  if (verdict === 'undo') return { ...session, ...(before?.before && { correction: before.before }) }
  // The same again moves nothing, and must not lose what takes the first one back.
  if (before?.verdict === verdict && correction_id === null) return { ...session, correction: before }
  const from = kept.customerRef
  return {
    ...session,
    correction: { verdict, correction_id, ...(from !== undefined && { from }), ...(before && { before }) },
  }
}

type Customers = CorrectCallerPorts['customers']

/** The final record first, which says whose call it is now; what agents added follows it. */
async function correctAll(
  [first, ...others]: CallIds,
  verdict: Verdict,
  customers: Customers,
): Promise<CorrectCallerResponse> {
  const main = await customers.correctCall(first, verdict)
  const moved = [main.correction_id ?? '']
  for (const callId of verdict.verdict === 'right_person' ? [] : others) {
    const follow: Verdict = { verdict: 'another', customer_ref: main.customer_ref }
    moved.push((await customers.correctCall(callId, follow)).correction_id ?? '')
  }
  const hasMoved = moved.some((id) => id !== '')
  return { customer_ref: main.customer_ref, correction_id: hasMoved ? moved.join(SEPARATOR) : null }
}

/** The last correction first, for each can be undone only while nothing was changed after it. */
async function undoAll(
  callIds: CallIds,
  corrections: readonly string[],
  customers: Customers,
): Promise<CorrectCallerResponse> {
  const undone = callIds.map((callId, at) => ({ callId, correction_id: corrections[at] ?? '' }))
  let answer: CorrectCallerResponse | undefined
  for (const { callId, correction_id } of undone.toReversed()) {
    if (correction_id === '') continue
    answer = await customers.correctCall(callId, { verdict: 'undo', correction_id })
  }
  if (answer) return { customer_ref: answer.customer_ref, correction_id: null }
  throw new CallerMemoryError('CM_PAYLOAD_INVALID', 'correction_id: expected an id from an earlier answer')
}

type CallIds = readonly [string, ...string[]]

// Between the corrections of the call's records: they are identifiers of letters, digits and dashes.
const SEPARATOR = '~'

function callIdsOf({ callSid, saves }: CallSession): CallIds {
  const added = (saves?.parts ?? []).filter(({ state }) => state === 'landed').map(({ callId }) => callId)
  return [callSid, ...added.filter((callId) => callId !== callSid)]
}

function requireCandidate(session: CallSession, verdict: Verdict): void {
  if (verdict.verdict !== 'another') return
  const { candidates = [], customerRef, denied } = session
  // Somebody who denied by mistake can be put back.
  const choices = [customerRef, denied, ...candidates.map((candidate) => candidate.customer_ref)]
  if (choices.includes(verdict.customer_ref)) return
  throw new CallerMemoryError('CM_NO_CANDIDATE', 'the customer is no candidate of the call')
}
