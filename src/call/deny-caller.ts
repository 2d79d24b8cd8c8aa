import type { CorrectCallResponse } from '../contract.ts'
import { asCallerMemoryError, type CallerMemoryError } from '../errors.ts'
import type { CustomerMemory } from '../memory/customer-memory.ts'
import type { CallSession, CallSessions } from './session.ts'

export interface DenyCallerPorts {
  readonly sessions: Pick<CallSessions, 'change'>
  readonly customers: Pick<CustomerMemory, 'correctCall'>
}

/** A call whose caller says that they are not the customer whom the memory named. */
export interface DeniedCall {
  /** The session as it would begin now; used where none was kept. */
  readonly session: CallSession
  /** What else the answer says: what the call is about. */
  readonly learned: Partial<Pick<CallSession, 'intent' | 'said'>>
}

/** What went wrong. Empty when the call has a customer of its own now. */
export type DenialFaults = readonly CallerMemoryError[]

/**
 * Lets go of the customer whom the memory named, because the caller says that they are somebody else. Never throws.
 *
 * First the session forgets the customer, so that whatever happens then nothing is saved for them; then the memory
 * gives the call to a customer of its own, as when an agent says `wrong_person`. A memory that cannot correct calls
 * keeps nothing of such a call: by its number it would find the denied customer again. A repetition moves nothing
 * twice.
 */
export async function denyCaller(denial: DeniedCall, ports: DenyCallerPorts): Promise<DenialFaults> {
  const { callSid } = denial.session
  const faults: CallerMemoryError[] = []
  const report = (error: unknown): undefined => void faults.push(asCallerMemoryError(error))
  const kept = await letGo(denial, ports).catch(report)
  if (kept?.customerRef !== undefined) return faults
  const fresh = await ports.customers.correctCall(callSid, { verdict: 'wrong_person' }).catch(report)
  if (fresh) await assign(callSid, fresh, ports).catch(report)
  return faults
}

/** The session after it. It has a customer only where an earlier denial has led to one. */
function letGo({ session, learned }: DeniedCall, { sessions }: DenyCallerPorts): Promise<CallSession> {
  return sessions.change(session.callSid, (kept) => {
    const before = kept ?? session
    const { customerRef = '', known: _, continues: __, ...rest } = before
    const denied: CallSession =
      before.denied === undefined
        ? { ...rest, ...learned, tier: 'new', denied: customerRef }
        : { ...before, ...learned, tier: 'new' }
    return { session: denied, result: denied }
  })
}

/** The correction is noted as an agent's would be: the panel shows it, and an agent can take it back. */
function assign(
  callSid: string,
  { customer_ref: customerRef, correction_id }: CorrectCallResponse,
  { sessions }: DenyCallerPorts,
): Promise<void> {
  return sessions.change(callSid, (kept) => {
    if (!kept || kept.customerRef !== undefined) return { result: undefined }
    const { denied: from } = kept
    const correction = {
      verdict: 'wrong_person',
      correction_id,
      ...(from !== undefined && { from }),
    } as const
    return { session: { ...kept, customerRef, correction }, result: undefined }
  })
}
