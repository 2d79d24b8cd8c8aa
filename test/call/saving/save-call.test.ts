import { unverified } from '../../../src/caller/assurance.ts'
import { parseAni } from '../../../src/caller/ani.ts'
import { readWrapUp, type WrapUp } from '../../../src/call/saving/wrap-up.ts'
import { saveEndedCall } from '../../../src/call/saving/save-ended-call.ts'
import { type SaveOutcome, saveOn } from '../../../src/call/saving/save-call.ts'
import type { CallSession } from '../../../src/call/session.ts'
import { createWorld, fault, type SavingWorld, type Step } from '../../support/saving.ts'

const callSid = `CA${'4'.repeat(32)}`
const [ANNA, BORIS] = [`WR${'a'.repeat(32)}`, `WR${'b'.repeat(32)}`]
const taskSid = `WT${'c'.repeat(32)}`
const SESSION: CallSession = {
  callSid,
  startedAt: '2026-03-02T09:00:00.000Z',
  tier: 'recognized',
  memory: 'available',
  customerRef: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
  intent: 'refund',
  said: 'My refund has not arrived',
  assurance: unverified('not_asked'),
  saved: false,
}
const ENDED = { callSid, ani: parseAni('+12025550142'), durationSeconds: 42 }

function worldWith(session: CallSession | undefined, step?: Step): SavingWorld {
  const world = createWorld(step && { step })
  if (session) world.sessions.set(callSid, session)
  return world
}

const known = { callSid, mayOpen: true }
const accepted = (world: SavingWorld, reservationSid: string): Promise<SaveOutcome> =>
  saveOn(known, { kind: 'agent-accepted', reservationSid }, world.ports)
const left = (world: SavingWorld, reservationSid: string, wrapUp: WrapUp = {}): Promise<SaveOutcome> =>
  saveOn(known, { kind: 'agent-left', reservationSid, wrapUp }, world.ports)
const wrote = (
  world: SavingWorld,
  reservationSid: string,
  wrapUp: WrapUp,
  saveId = '',
): Promise<SaveOutcome> => saveOn(known, { kind: 'agent-saved', reservationSid, saveId, wrapUp }, world.ports)
const taskOver = (world: SavingWorld, wrapUp: WrapUp = {}): Promise<SaveOutcome> =>
  saveOn(known, { kind: 'task-over', taskSid, wrapUp }, world.ports)

const NOTE: WrapUp = { notes: 'Sent the refund again', disposition: 'Resolved', intentStatus: 'resolved' }

describe('a call without an agent', () => {
  test('is saved when it ends, in the words of the caller, with its length', async () => {
    const world = worldWith(SESSION)
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('saved')
    expect(world.records.get(callSid)).toEqual({
      callSid,
      customerRef: SESSION.customerRef,
      intent: 'refund',
      intentStatus: 'open',
      variables: {
        last_issue: 'My refund has not arrived',
        call_date: '2026-03-02T09:00:00.000Z',
        call_duration_seconds: '42',
      },
    })
    expect(world.sessions.get(callSid)).toMatchObject({
      saved: true,
      saves: { parts: [{ state: 'landed' }] },
    })
  })

  test('is saved once, however often the callback comes', async () => {
    const world = worldWith(SESSION)
    await saveEndedCall(ENDED, world.ports)
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('saved-before')
    expect((await taskOver(world)).kind).toBe('saved-before')
    expect([...world.records.keys()]).toEqual([callSid])
  })

  test('is found by its number when the session was lost', async () => {
    const world = worldWith(undefined)
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('saved')
    const expected = { ani: '+12025550142', intent: 'general_inquiry', intentStatus: 'abandoned' }
    expect(world.records.get(callSid)).toMatchObject(expected)
  })

  test('is not kept for a caller who cannot be told from another', async () => {
    const world = worldWith(undefined)
    const hidden = { ...ENDED, ani: parseAni('restricted') }
    expect((await saveEndedCall(hidden, world.ports)).kind).toBe('nobody')
    expect(world.records.size).toBe(0)
  })

  test('is kept open only for a caller who said what it was about', async () => {
    const { intent: _, said: __, ...silent } = SESSION
    const world = worldWith(silent)
    await saveEndedCall(ENDED, world.ports)
    expect(world.records.get(callSid)?.intentStatus).toBe('abandoned')
  })
})

describe('a call that an agent took', () => {
  test('waits for the agent, who saves it with note and disposition', async () => {
    const world = worldWith(SESSION)
    await accepted(world, ANNA)
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('left-to-agent')
    expect((await wrote(world, ANNA, NOTE)).kind).toBe('saved')
    expect((await left(world, ANNA)).kind).toBe('saved-before')
    expect((await taskOver(world)).kind).toBe('saved-before')
    expect([...world.records.keys()]).toEqual([callSid])
    expect(world.records.get(callSid)).toMatchObject({
      intent: 'refund',
      intentStatus: 'resolved',
      variables: {
        agent_notes: 'Sent the refund again',
        disposition: 'Resolved',
        call_duration_seconds: '42',
      },
    })
  })

  test('is saved from the task when the tab was closed, and a late wrap-up adds to it', async () => {
    const world = worldWith(SESSION)
    await accepted(world, ANNA)
    await saveEndedCall(ENDED, world.ports)
    expect((await left(world, ANNA, { notes: 'draft' })).kind).toBe('saved')
    expect((await wrote(world, ANNA, NOTE, 'one')).kind).toBe('saved')
    expect((await wrote(world, ANNA, NOTE, 'one')).kind).toBe('saved-before')
    expect([...world.records.keys()]).toEqual([callSid, `${callSid}:2`])
    expect(world.records.get(callSid)).toMatchObject({ intentStatus: 'open' })
    expect(world.records.get(`${callSid}:2`)).toMatchObject({ intent: 'refund', intentStatus: 'resolved' })
  })

  test('gets the words of the second agent beside those of the first', async () => {
    const world = worldWith(SESSION)
    await accepted(world, ANNA)
    await accepted(world, BORIS)
    await wrote(world, ANNA, { notes: 'Passed on', variables: { plan: 'basic' } })
    await wrote(world, BORIS, { notes: 'Settled', variables: { plan: 'pro' }, intentStatus: 'open' })
    expect(world.records.get(`${callSid}:2`)).toEqual({
      callSid: `${callSid}:2`,
      customerRef: SESSION.customerRef,
      variables: { agent_notes_2: 'Settled', plan_2: 'pro' },
    })
    await saveEndedCall(ENDED, world.ports)
    expect(world.records.size).toBe(2)
  })

  test('counts an intent once when the end of the call overtook the news of the agent', async () => {
    const world = worldWith(SESSION)
    await saveEndedCall(ENDED, world.ports)
    await accepted(world, ANNA)
    await wrote(world, ANNA, { notes: 'Still open', intent: 'refund', intentStatus: 'open' })
    expect(world.records.get(`${callSid}:2`)).not.toHaveProperty('intent')
  })

  test('that nobody can be told of is refused to a browser', async () => {
    const world = worldWith(undefined)
    const outcome = await saveOn(
      { callSid, mayOpen: false },
      { kind: 'agent-saved', reservationSid: ANNA, saveId: '', wrapUp: NOTE },
      world.ports,
    )
    expect(outcome.kind).toBe('unknown-call')
    expect(world.sessions.size).toBe(0)
  })
})

describe('a save that cannot be delivered', () => {
  const awayOnce = (name: string, code: Parameters<typeof fault>[0], status?: number): Step => {
    let misses = 1
    return (step, when) => {
      if (step === name && when === 'before' && misses-- > 0) throw fault(code, status)
    }
  }

  test('is kept in the list, its words sealed', async () => {
    const world = worldWith(SESSION, awayOnce('memory', 'CM_MEMORY_TIMEOUT'))
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('pending')
    const [item] = [...world.pending.values()]
    expect(item).toMatchObject({
      call_id: callSid,
      intent: 'refund',
      attempts: 1,
      reason: 'CM_MEMORY_TIMEOUT',
    })
    expect(JSON.stringify([item, world.sessions.get(callSid)?.saves])).not.toContain('has not arrived')
  })

  test('keeps nothing readable beyond references and intent without a key', async () => {
    const world = createWorld({ keys: [], step: awayOnce('memory', 'CM_MEMORY_TIMEOUT') })
    world.sessions.set(callSid, SESSION)
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('pending')
    expect(Object.keys([...world.pending.values()][0] ?? {}).sort()).toEqual([
      'attempts',
      'call_id',
      'customer_ref',
      'intent',
      'intent_status',
      'kept_at',
      'next_attempt_at',
      'reason',
    ])
  })

  test('is not claimed to be kept without a key and without a customer', async () => {
    const { customerRef: _, ...nameless } = SESSION
    const world = createWorld({ keys: [], step: awayOnce('memory', 'CM_MEMORY_TIMEOUT') })
    world.sessions.set(callSid, nameless)
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('failed')
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('saved')
  })

  test('is set aside when the memory will never take it', async () => {
    const world = worldWith(SESSION, awayOnce('memory', 'CM_MEMORY_REJECTED', 400))
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('set-aside')
    expect([...world.pending.values()]).toMatchObject([{ set_aside: true, reason: 'CM_MEMORY_REJECTED' }])
  })

  test('is dropped when the customer was forgotten', async () => {
    const world = worldWith(SESSION, awayOnce('memory', 'CM_MEMORY_REJECTED', 410))
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('forgotten')
    expect(world.pending.size).toBe(0)
  })

  test('adds to the contact that was saved by number while Sync was away', async () => {
    const world = worldWith(SESSION, awayOnce('session', 'CM_SESSION_UNAVAILABLE'))
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('failed')
    expect(world.records.get(callSid)).not.toHaveProperty('intent')
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('saved')
    expect(world.records.get(`${callSid}:more`)).toMatchObject({ intent: 'refund' })
  })
})

describe('a wrap-up', () => {
  test('is read from anything, and keeps only what can be saved', () => {
    expect(
      readWrapUp({ notes: ' ', disposition: 7, variables: { 'a b': '1', plan: 3, none: null } }),
    ).toEqual({
      variables: { plan: '3' },
    })
    expect(readWrapUp({ disposition: 'Not resolved' }).intentStatus).toBe('open')
    expect(readWrapUp({ disposition: 'Resolved' }).intentStatus).toBe('resolved')
    expect(readWrapUp({ intentStatus: 'closed' }).intentStatus).toBe('resolved')
    expect(Buffer.byteLength(readWrapUp({ notes: 'ü'.repeat(5_000) }).notes ?? '')).toBeLessThanOrEqual(4_096)
  })
})

describe('a message that the caller left', () => {
  const voicemailSid = `RE${'d'.repeat(32)}`
  const messageLeft = (world: SavingWorld): Promise<SaveOutcome> =>
    saveOn(known, { kind: 'message-left', voicemailSid }, world.ports)

  test('ends a call that nobody took, which is saved with it, once', async () => {
    const world = worldWith(SESSION)
    expect((await messageLeft(world)).kind).toBe('saved')
    expect((await messageLeft(world)).kind).toBe('saved-before')
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('saved-before')
    expect([...world.records.values()]).toMatchObject([
      { callSid, variables: { voicemail_sid: voicemailSid } },
    ])
  })

  test('is added to what was saved of the call before, once', async () => {
    const world = worldWith(SESSION)
    await saveEndedCall(ENDED, world.ports)
    expect((await messageLeft(world)).kind).toBe('saved')
    expect((await messageLeft(world)).kind).toBe('saved-before')
    expect(world.records.get(`${callSid}:2`)).toEqual({
      callSid: `${callSid}:2`,
      customerRef: SESSION.customerRef,
      variables: { voicemail_sid: voicemailSid },
    })
  })

  test('is left to the agent who has the call', async () => {
    const world = worldWith(SESSION)
    await accepted(world, ANNA)
    expect((await messageLeft(world)).kind).toBe('left-to-agent')
    expect(world.records.size).toBe(0)
  })
})

describe('a call whose caller is not the customer whom the memory named', () => {
  const { customerRef: named, ...DENIED } = { ...SESSION, denied: SESSION.customerRef ?? '' }

  test('is saved for nobody as long as it has no customer of its own', async () => {
    const world = worldWith(DENIED)
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('nobody')
    const told = { ...known, ...(named && { customerRef: named }) }
    expect((await saveOn(told, { kind: 'task-over', taskSid, wrapUp: NOTE }, world.ports)).kind).toBe(
      'nobody',
    )
    expect(world.records.size).toBe(0)
  })

  test('is saved for its own customer once it has one', async () => {
    const world = worldWith({ ...DENIED, customerRef: 'somebody-else' })
    expect((await saveEndedCall(ENDED, world.ports)).kind).toBe('saved')
    expect(world.records.get(callSid)).toMatchObject({ customerRef: 'somebody-else' })
  })
})
