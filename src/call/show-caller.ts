import type { Candidate, CustomerResponse } from '../contract.ts'
import type { CallerPanelResponse, CustomerState } from '../flex-contract.ts'
import { asCallerMemoryError, CallerMemoryError } from '../errors.ts'
import type { CustomerMemory } from '../memory/customer-memory.ts'
import type { PendingSaves } from './saving/pending-saves.ts'
import { countPendingSaves } from './saving/retry-saves.ts'
import type { CallSession, CallSessions, SessionCorrection } from './session.ts'

export interface ShowCallerPorts {
  readonly sessions: Pick<CallSessions, 'load'>
  readonly customers: Pick<CustomerMemory, 'showCustomer'>
  readonly pending: Pick<PendingSaves, 'list'>
}

/**
 * Everything that an agent's panel shows of a call. An agent can ask only for calls that have a session, and
 * sees only the customer of such a call: there is no way to look somebody up.
 *
 * @throws CM_NOT_FOUND for a call without a session.
 * @throws CM_SESSION_UNAVAILABLE
 */
export async function showCaller(
  callSid: string,
  mayForget: boolean,
  { sessions, customers, pending }: ShowCallerPorts,
): Promise<CallerPanelResponse> {
  const session = await requireSession(callSid, sessions)
  const [found, count] = await Promise.all([
    findCustomer(session, customers),
    countPendingSaves(pending).catch(() => null),
  ])
  return {
    call_sid: callSid,
    customer_ref: session.customerRef ?? null,
    tier: session.tier,
    identity: identityOf(session),
    assurance: session.assurance.level,
    verification: session.assurance.verification,
    attestation: session.attestation ?? null,
    forwarded: session.forwarded ?? false,
    correction: correctionOf(session),
    memory: session.memory,
    call_start: session.startedAt,
    intent: session.intent ?? null,
    said: session.said ?? null,
    saved: session.saved,
    ...found,
    candidates: candidatesOf(session),
    pending_saves: count,
    may_forget: mayForget,
  }
}

/**
 * The session of a call that somebody in a browser names.
 *
 * @throws CM_NOT_FOUND where there is none.
 */
export async function requireSession(
  callSid: string,
  sessions: Pick<CallSessions, 'load'>,
): Promise<CallSession> {
  const session = await sessions.load(callSid)
  if (session) return session
  throw new CallerMemoryError('CM_NOT_FOUND', 'the call has no session')
}

/** The evidence was for the customer whom the memory named, and for nobody whom an agent named since. */
function identityOf({ known, correction }: CallSession): CallerPanelResponse['identity'] {
  if (!known || namesAnother(correction)) return null
  return { confidence: known.confidence, level: known.level, sources: known.sources ?? [] }
}

function namesAnother(correction: SessionCorrection | undefined): boolean {
  return (
    correction !== undefined && (correction.verdict !== 'right_person' || namesAnother(correction.before))
  )
}

function correctionOf({ correction }: CallSession): CallerPanelResponse['correction'] {
  return correction ? { verdict: correction.verdict, correction_id: correction.correction_id } : null
}

function candidatesOf({ candidates = [], correction }: CallSession): readonly Candidate[] {
  const ruledOut = ruledOutBy(correction)
  return candidates.filter(({ customer_ref }) => !ruledOut.includes(customer_ref))
}

function ruledOutBy(correction: SessionCorrection | undefined): readonly string[] {
  if (!correction) return []
  const { verdict, from, before } = correction
  return [...(verdict === 'wrong_person' && from !== undefined ? [from] : []), ...ruledOutBy(before)]
}

interface FoundCustomer {
  readonly customer_state: CustomerState
  readonly customer: CustomerResponse | null
}

const NOT_FOUND = 404
const GONE = 410

/** A customer who cannot be had is no fault of the panel: it says why. */
async function findCustomer(
  { customerRef }: CallSession,
  customers: Pick<CustomerMemory, 'showCustomer'>,
): Promise<FoundCustomer> {
  if (customerRef === undefined) return { customer_state: 'unknown', customer: null }
  try {
    return { customer_state: 'available', customer: await customers.showCustomer(customerRef) }
  } catch (error) {
    const { code, facts } = asCallerMemoryError(error)
    const states: Readonly<Record<number, CustomerState>> = { [NOT_FOUND]: 'unknown', [GONE]: 'forgotten' }
    const unavailable = code === 'CM_MEMORY_UNSUPPORTED' ? 'unsupported' : 'unavailable'
    return { customer_state: states[facts.upstreamStatus ?? 0] ?? unavailable, customer: null }
  }
}
