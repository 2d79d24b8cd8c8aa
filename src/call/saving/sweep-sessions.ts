import type { Deadline } from '../../clock.ts'
import type { CallSession, CallSessions } from '../session.ts'
import type { SavePart } from './call-saves.ts'
import { deliverPart, saveOn, type SaveOutcome, type SavingPorts } from './save-call.ts'
import { openRecord, type Sealer } from './seal.ts'
import { readWrapUp, type WrapUp } from './wrap-up.ts'

/** How long nobody may have said anything about a call before it is saved as it is. */
export interface OverdueAfter {
  /** Since the line went dead: an agent may still write. */
  readonly endedMs: number
  /** Since the call began: longer than Twilio lets a call last. */
  readonly startedMs: number
}

/** An hour after the end, five hours after the beginning: Twilio's longest call is four hours. */
export const OVERDUE_AFTER: OverdueAfter = { endedMs: 3_600_000, startedMs: 18_000_000 }

// Whoever claimed a part is delivering it for so long at most: a function lives ten seconds.
const CLAIM_MS = 60_000

/** What a sweep found. */
export interface SweepCounts {
  readonly swept: number
  /** Saves that were made or kept because nobody else had. */
  readonly rescued: number
  /** Whether every session was looked at. */
  readonly complete: boolean
}

export interface SweepPorts extends SavingPorts {
  readonly sessions: Pick<CallSessions, 'change' | 'list'>
}

/**
 * Looks through the sessions for calls that nobody saved, because every callback about them was lost, and
 * for claims whose deliverer was stopped, and saves them.
 *
 * @throws CM_SESSION_UNAVAILABLE when the sessions cannot be read.
 */
export async function sweepSessions(ports: SweepPorts, deadline: Deadline): Promise<SweepCounts> {
  let [swept, rescued] = [0, 0]
  let pageToken: string | undefined
  do {
    const page = await ports.sessions.list(pageToken)
    for (const session of page.sessions) {
      if (deadline.remainingMs() === 0) return { swept, rescued, complete: false }
      swept += 1
      const outcomes = await rescue(session, ports)
      rescued += outcomes.filter(({ kind }) => kind === 'saved' || kind === 'pending').length
    }
    pageToken = page.nextPageToken
  } while (pageToken !== undefined)
  return { swept, rescued, complete: true }
}

async function rescue(session: CallSession, ports: SweepPorts): Promise<readonly SaveOutcome[]> {
  const now = ports.clock().getTime()
  if (isOverdue(session, now)) {
    const known = { callSid: session.callSid, mayOpen: false }
    return [await saveOn(known, { kind: 'overdue', wrapUp: draftOf(session, ports.sealer) }, ports)]
  }
  const outcomes: SaveOutcome[] = []
  for (const part of session.saves?.parts ?? []) {
    const record = isStranded(part, now) && part.kept ? openRecord(part.kept, ports.sealer) : undefined
    if (record) outcomes.push(await deliverPart(session.callSid, part, record, ports))
  }
  return outcomes
}

/** Whether a call should have been saved by now, and is not. */
export function isOverdue({ saved, startedAt, saves }: CallSession, now: number): boolean {
  if (saved || (saves?.parts.length ?? 0) > 0) return false
  const endedAt = saves?.endedAt
  if (endedAt !== undefined) return now - Date.parse(endedAt) >= OVERDUE_AFTER.endedMs
  return now - Date.parse(startedAt) >= OVERDUE_AFTER.startedMs
}

function isStranded({ state, at }: SavePart, now: number): boolean {
  return state === 'claimed' && now - Date.parse(at) >= CLAIM_MS
}

/** What the last agent had written when nothing more came. */
function draftOf({ callSid, saves }: CallSession, sealer: Sealer): WrapUp {
  const draft = saves?.agents.findLast(({ draft: sealed }) => sealed !== undefined)?.draft
  const text = draft === undefined ? undefined : sealer.open(draft, callSid)
  return text === undefined ? {} : readWrapUp(JSON.parse(text) as object)
}
