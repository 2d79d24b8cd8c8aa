import type { PendingEntry, PendingSave, PendingSaves } from '../../src/call/saving/pending-saves.ts'
import type { SavingPorts } from '../../src/call/saving/save-call.ts'
import { createSealer } from '../../src/call/saving/seal.ts'
import type { CallSession, CallSessions } from '../../src/call/session.ts'
import { CallerMemoryError, type ErrorCode } from '../../src/errors.ts'
import type { CallReceipt, CallRecord } from '../../src/memory/caller-memory.ts'

/** What happens before and after a step that leaves the process; a test may let it fail there. */
export type Step = (name: string, when: 'before' | 'after') => void

/** A key for tests. */
export const SEAL_KEY: string = 'a1'.repeat(32)

/** A world for saving: sessions, list and memory in this process, each true to the real one's promises. */
export interface SavingWorld {
  readonly ports: SavingPorts & { readonly pending: PendingSaves; readonly sessions: CallSessions }
  readonly sessions: Map<string, CallSession>
  readonly pending: Map<string, PendingSave>
  /** What the memory holds, by call_id. */
  readonly records: Map<string, CallRecord>
  readonly now: { at: number }
}

export interface WorldOptions {
  readonly step?: Step
  readonly keys?: readonly string[]
}

/** A step that always goes well. */
const smoothly: Step = () => {}

/** Makes an empty world. Like the real memory it replays the same record and refuses another one. */
export function createWorld({ step = smoothly, keys = [SEAL_KEY] }: WorldOptions = {}): SavingWorld {
  const sessions = new Map<string, CallSession>()
  const pending = new Map<string, PendingSave>()
  const records = new Map<string, CallRecord>()
  const now = { at: Date.parse('2026-03-02T09:00:00.000Z') }
  const through = async <T>(name: string, work: () => T): Promise<T> => {
    step(name, 'before')
    await Promise.resolve()
    const result = work()
    step(name, 'after')
    return result
  }
  const endCall = (record: CallRecord): Promise<CallReceipt> =>
    through('memory', () => {
      const kept = records.get(record.callSid)
      if (kept && JSON.stringify(kept) !== JSON.stringify(record)) throw fault('CM_MEMORY_CONFLICT')
      records.set(record.callSid, record)
      return { customerRef: record.customerRef ?? 'found-by-number' }
    })
  let added = 0
  const entries = (): readonly PendingEntry[] =>
    [...pending].map(([id, save]) => ({ id, revision: JSON.stringify(save), save }))
  return {
    sessions,
    pending,
    records,
    now,
    ports: {
      memory: { endCall },
      sealer: createSealer(keys),
      clock: () => new Date(now.at),
      random: () => 0.5,
      sessions: {
        open: (session) => through('open', () => void sessions.set(session.callSid, session)),
        load: async (callSid) => sessions.get(callSid),
        change: (callSid, revise) =>
          through('session', () => {
            const { session, result } = revise(sessions.get(callSid))
            if (session) sessions.set(callSid, session)
            return result
          }),
        list: async () => ({ sessions: [...sessions.values()] }),
      },
      pending: {
        add: (save) => through('list', () => void pending.set(String((added += 1)), save)),
        list: async () => ({ entries: entries() }),
        replace: async ({ id }, save) => void (pending.has(id) && pending.set(id, save)),
        remove: async ({ id }) => void pending.delete(id),
      },
    },
  }
}

/** A coded fault. */
export function fault(code: ErrorCode, upstreamStatus?: number): CallerMemoryError {
  return new CallerMemoryError(code, 'as the test wants it', { ...(upstreamStatus && { upstreamStatus }) })
}
