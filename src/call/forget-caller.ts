import type { ForgetCallerResponse } from '../flex-contract.ts'
import type { Deadline } from '../clock.ts'
import { CallerMemoryError } from '../errors.ts'
import type { CustomerMemory } from '../memory/customer-memory.ts'
import type { CallerLines } from './earlier-call.ts'
import type { SavePart } from './saving/call-saves.ts'
import type { PendingSaves } from './saving/pending-saves.ts'
import { blankSession, type CallSession, type CallSessions } from './session.ts'
import { requireSession } from './show-caller.ts'

export interface ForgetCallerPorts {
  readonly sessions: CallSessions
  readonly lines: Pick<CallerLines, 'forget'>
  readonly customers: Pick<CustomerMemory, 'forgetCustomer'>
  readonly pending: PendingSaves
}

/**
 * Forgets the customer of a call: in the memory, in the saves that wait for it, and in the sessions. The memory
 * comes first, for its tombstone stops whatever is on its way. May be repeated until it is complete.
 *
 * @throws CM_NOT_FOUND for a call without a session, or without a customer.
 */
export async function forgetCaller(
  callSid: string,
  deadline: Deadline,
  { sessions, lines, customers, pending }: ForgetCallerPorts,
): Promise<ForgetCallerResponse> {
  const { customerRef, line } = await requireSession(callSid, sessions)
  if (customerRef === undefined) throw new CallerMemoryError('CM_NOT_FOUND', 'the call has no customer')
  const receipt = await customers.forgetCustomer(customerRef)
  const removed = await removePending(customerRef, deadline, pending)
  const cleared = await clearSessions({ callSid, customerRef, ...(line && { line }) }, deadline, {
    sessions,
    lines,
  })
  return {
    receipt,
    pending_saves_removed: removed.count,
    sessions_cleared: cleared.count,
    complete: removed.complete && cleared.complete,
  }
}

interface Swept {
  readonly count: number
  readonly complete: boolean
}

async function removePending(customerRef: string, deadline: Deadline, pending: PendingSaves): Promise<Swept> {
  let count = 0
  let pageToken: string | undefined
  do {
    const page = await pending.list(pageToken)
    for (const entry of page.entries.filter(({ save }) => save.customer_ref === customerRef)) {
      await pending.remove(entry)
      count += 1
    }
    pageToken = page.nextPageToken
    if (pageToken !== undefined && deadline.remainingMs() === 0) return { count, complete: false }
  } while (pageToken !== undefined)
  return { count, complete: true }
}

/** The session that was asked for goes last: as long as it names the customer, it can be asked for again. */
async function clearSessions(
  asked: Pick<CallSession, 'callSid' | 'customerRef' | 'line'>,
  deadline: Deadline,
  ports: Pick<ForgetCallerPorts, 'sessions' | 'lines'>,
): Promise<Swept> {
  let count = 0
  let pageToken: string | undefined
  do {
    const page = await ports.sessions.list(pageToken)
    const theirs = page.sessions.filter(({ customerRef, denied }) =>
      [customerRef, denied].includes(asked.customerRef),
    )
    for (const session of theirs.filter((each) => each.callSid !== asked.callSid)) {
      await clear(session, ports)
      count += 1
    }
    pageToken = page.nextPageToken
    if (pageToken !== undefined && deadline.remainingMs() === 0) return { count, complete: false }
  } while (pageToken !== undefined)
  await clear(asked, ports)
  return { count: count + 1, complete: true }
}

/** The line first: as long as the session names it, it can be found. */
async function clear(
  { callSid, line }: Pick<CallSession, 'callSid' | 'line'>,
  { sessions, lines }: Pick<ForgetCallerPorts, 'sessions' | 'lines'>,
): Promise<void> {
  if (line !== undefined) await lines.forget(line)
  await sessions.change(callSid, (kept) => ({
    ...(kept && { session: blanked(kept) }),
    result: undefined,
  }))
}

/** What is left of a session: that there was a call, and that nothing of it is to be saved any more. */
function blanked({ callSid, startedAt, memory, saves }: CallSession): CallSession {
  const parts = (saves?.parts ?? []).map(blankedPart)
  const agents = (saves?.agents ?? []).map(({ reservationSid }) => ({ reservationSid }))
  return { ...blankSession(callSid, startedAt), memory, saved: true, saves: { agents, parts } }
}

function blankedPart({ callId, by, from, at, state }: SavePart): SavePart {
  return { callId, by, from, at, told: {}, names: [], state: state === 'landed' ? state : 'refused' }
}
