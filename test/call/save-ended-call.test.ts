import { saveEndedCall } from '../../src/call/save-ended-call.ts'
import type { CallSession, CallSessions } from '../../src/call/session.ts'
import { parseAni } from '../../src/caller/ani.ts'
import { CallerMemoryError } from '../../src/errors.ts'
import type { CallReceipt, CallRecord } from '../../src/memory/caller-memory.ts'

const callSid = `CA${'4'.repeat(32)}`
const SESSION: CallSession = {
  callSid,
  startedAt: '2026-03-02T09:00:00.000Z',
  tier: 'new',
  memory: 'available',
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  intent: 'billing',
  saved: false,
}
const ENDED = { callSid, ani: parseAni('+12025550142'), durationSeconds: 7 }
const down = (): Promise<never> => Promise.reject(new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'away'))

function sessionsWith(...kept: CallSession[]): CallSessions {
  const bySid = new Map(kept.map((session) => [session.callSid, session]))
  const save = async (session: CallSession): Promise<void> => void bySid.set(session.callSid, session)
  return { open: save, save, load: async (sid) => bySid.get(sid) }
}

function recordingMemory(): { saved: CallRecord[]; endCall: (record: CallRecord) => Promise<CallReceipt> } {
  const saved: CallRecord[] = []
  const endCall = async (record: CallRecord): Promise<CallReceipt> => {
    saved.push(record)
    return { customerRef: 'x' }
  }
  return { saved, endCall }
}

describe('saving a call that is over', () => {
  test('happens once, however often the callback comes', async () => {
    const memory = recordingMemory()
    const sessions = sessionsWith(SESSION)
    expect((await saveEndedCall(ENDED, { memory, sessions })).kind).toBe('saved')
    expect((await saveEndedCall(ENDED, { memory, sessions })).kind).toBe('saved-before')
    expect(memory.saved).toHaveLength(1)
  })

  test('stays undone when the memory fails, so that the next callback saves it', async () => {
    const sessions = sessionsWith(SESSION)
    const broken = { endCall: () => Promise.reject(new CallerMemoryError('CM_MEMORY_TIMEOUT', 'late')) }
    const outcome = await saveEndedCall(ENDED, { memory: broken, sessions })
    expect(outcome.kind).toBe('failed')
    expect(outcome.faults.map(({ code }) => code)).toEqual(['CM_MEMORY_TIMEOUT'])
    expect((await saveEndedCall(ENDED, { memory: recordingMemory(), sessions })).kind).toBe('saved')
  })

  test('works by number while the sessions are away', async () => {
    const memory = recordingMemory()
    const outcome = await saveEndedCall(ENDED, { memory, sessions: { open: down, save: down, load: down } })
    expect(outcome.kind).toBe('saved')
    expect(outcome.faults.map(({ code }) => code)).toEqual(['CM_SESSION_UNAVAILABLE'])
    expect(memory.saved).toMatchObject([{ ani: '+12025550142' }])
  })

  test('counts as done when only the mark in the session failed', async () => {
    const sessions = { ...sessionsWith(SESSION), save: down }
    const outcome = await saveEndedCall(ENDED, { memory: recordingMemory(), sessions })
    expect(outcome).toMatchObject({ kind: 'saved', faults: [{ code: 'CM_SESSION_UNAVAILABLE' }] })
  })

  test('is left out for a caller who cannot be told from another', async () => {
    const memory = recordingMemory()
    const hidden = { ...ENDED, ani: parseAni('restricted') }
    expect((await saveEndedCall(hidden, { memory, sessions: sessionsWith() })).kind).toBe('not-kept')
    expect(memory.saved).toEqual([])
  })
})
