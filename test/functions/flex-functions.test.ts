import { handler as callerContext } from '../../functions/caller-context.ts'
import { handler as callStatus } from '../../functions/call-status.protected.ts'
import { handler as correctCaller } from '../../functions/correct-caller.ts'
import { handler as health } from '../../functions/health.ts'
import { handler as identifyCaller } from '../../functions/identify-caller.protected.ts'
import { handler as retrySaves } from '../../functions/retry-saves.ts'
import { handler as saveContext } from '../../functions/save-context.ts'
import { handler as taskEvent } from '../../functions/task-event.protected.ts'
import { systemClock } from '../../src/clock.ts'
import type {
  CallerPanelResponse,
  CorrectCallerResponse,
  ForgetCallerResponse,
} from '../../src/flex-contract.ts'
import type { RuntimeHandler } from '../../src/twilio/runtime.ts'
import { API_KEY, startTestServer, type TestServer } from '../memory-server/support.ts'
import { type ContactCentre, startContactCentre } from '../support/contact-centre.ts'
import { installRuntime, invoke, type Sent } from '../support/runtime.ts'

installRuntime()

const ORIGIN = 'https://flex.twilio.com'
const FROM = '+12025550142'
const reservation_sid = `WR${'a'.repeat(32)}`

let memory: TestServer
let centre: ContactCentre
let calls = 0
const newCall = (): string => `CA${String((calls += 1)).padStart(32, '0')}`

// Only the date is ours: the functions, the memory and the fakes then share one clock that a test can move.
const TIMERS = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'] as const
const OTHERS = ['clearImmediate', 'nextTick', 'queueMicrotask', 'performance', 'hrtime'] as const
const forward = (ms: number): void => {
  jest.setSystemTime(systemClock().getTime() + ms)
}

beforeAll(async () => {
  jest.useFakeTimers({ doNotFake: [...TIMERS, ...OTHERS] })
  memory = await startTestServer({ now: systemClock, forward })
  centre = await startContactCentre({ memoryUrl: memory.url, memoryKey: API_KEY, clock: systemClock })
})
afterAll(async () => {
  jest.useRealTimers()
  await centre.close()
  await memory.close()
})

async function tell(handler: RuntimeHandler, event: object, headers: object = {}): Promise<Sent> {
  const { callbacks } = await invoke(handler, centre.context, { request: { headers }, ...event })
  expect(callbacks).toHaveLength(1)
  return callbacks[0] ?? { status: 0, body: '' }
}

async function ask<T>(handler: RuntimeHandler, form: object, token: string): Promise<T> {
  const sent = await tell(handler, { Token: token, ...form }, { origin: ORIGIN })
  expect([sent.status, sent.body]).toEqual([200, expect.any(String)])
  return JSON.parse(sent.body) as T
}

/** A call from the number, answered by an agent. */
async function callWithAgent(from: string = FROM, StirVerstat?: string): Promise<string> {
  const CallSid = newCall()
  await tell(identifyCaller, {
    CallSid,
    From: from,
    To: '+12025550100',
    CallStatus: 'ringing',
    StirVerstat,
  })
  await tell(taskEvent, {
    EventType: 'reservation.accepted',
    TaskSid: `WT${'b'.repeat(32)}`,
    ResourceSid: reservation_sid,
    TaskAttributes: JSON.stringify({ call_sid: CallSid, from }),
  })
  await tell(callStatus, { CallSid, From: from, CallStatus: 'completed', CallDuration: '61' })
  return CallSid
}

afterEach(() => {
  centre.faults.set('iam', 'none')
})

describe('a request from Flex', () => {
  test('is refused with 401 for a token that is missing, wrong or expired', async () => {
    const expired = await centre.token(['agent'], -1)
    for (const Token of [undefined, '', 'nonsense-nonsense', expired]) {
      const sent = await tell(callerContext, { Token, call_sid: newCall() }, { origin: ORIGIN })
      expect(sent).toMatchObject({ status: 401, body: '{"error":"CM_TOKEN_INVALID"}' })
      expect(sent.headers).toMatchObject({ 'Access-Control-Allow-Origin': ORIGIN, Vary: 'Origin' })
    }
  })

  test('is refused with 403 for a role that may not ask, and from another address', async () => {
    const call_sid = await callWithAgent()
    const stranger = await centre.token(['wfo.quality_manager'])
    const wrongRole = await tell(callerContext, { Token: stranger, call_sid }, { origin: ORIGIN })
    expect(wrongRole).toMatchObject({ status: 403, body: '{"error":"CM_TOKEN_FORBIDDEN"}' })
    const Token = await centre.token()
    const elsewhere = await tell(callerContext, { Token, call_sid }, { origin: 'https://flex.example.com' })
    expect(elsewhere.status).toBe(403)
    expect(elsewhere.headers).not.toHaveProperty('Access-Control-Allow-Origin')
  })

  test('is told to come again with 503 while the token service is away', async () => {
    const Token = await centre.token()
    for (const fault of ['503', 'down', '401'] as const) {
      centre.faults.set('iam', fault)
      const sent = await tell(callerContext, { Token, call_sid: newCall() }, { origin: ORIGIN })
      expect(sent).toMatchObject({ status: 503, body: '{"error":"CM_TOKEN_UNVERIFIED"}' })
    }
  })

  test('has its token checked once in half a minute', async () => {
    const token = await centre.token()
    const call_sid = await callWithAgent()
    await ask(callerContext, { call_sid }, token)
    centre.faults.set('iam', 'down')
    await ask(callerContext, { call_sid }, token)
    forward(31_000)
    const sent = await tell(callerContext, { Token: token, call_sid }, { origin: ORIGIN })
    expect(sent.status).toBe(503)
  })

  test('learns nothing of calls that are not ours', async () => {
    const Token = await centre.token()
    const sent = await tell(callerContext, { Token, call_sid: newCall() }, { origin: ORIGIN })
    expect(sent).toMatchObject({ status: 404, body: '{"error":"CM_NOT_FOUND"}' })
    const bad = await tell(callerContext, { Token, call_sid: 'CA1' }, { origin: ORIGIN })
    expect(bad).toMatchObject({ status: 400, body: '{"error":"CM_PAYLOAD_INVALID"}' })
  })
})

describe('an agent', () => {
  test('saves the wrap-up once, and the next agent sees it', async () => {
    const token = await centre.token()
    const call_sid = await callWithAgent()
    const form = { call_sid, reservation_sid, save_id: 'job-1', notes: 'Refund sent', intent: 'refund' }
    expect(await ask(saveContext, form, token)).toMatchObject({ status: 'saved' })
    expect(await ask(saveContext, form, token)).toMatchObject({ status: 'saved-before' })
    const panel = await ask<CallerPanelResponse>(callerContext, { call_sid: await callWithAgent() }, token)
    expect(panel).toMatchObject({ customer_state: 'available', may_forget: false, saved: false })
    expect(panel.customer?.variables['agent_notes']?.value).toBe('Refund sent')
    expect(panel.customer?.open_intents).toMatchObject([{ intent: 'refund', attempt_count: 1 }])
    expect(panel.pending_saves).toEqual({ pending: 0, set_aside: 0, more: false })
  })

  test('is told that the save is kept while the memory refuses its key, and it lands later', async () => {
    const from = '+12025550143'
    const token = await centre.token()
    const call_sid = await callWithAgent(from)
    const broken = { ...centre.context, STICKY_CALLS_API_KEY: 'sk_test_nobody_knows_me' }
    const event = { Token: token, call_sid, reservation_sid, notes: 'Call back' }
    const { callbacks } = await invoke(saveContext, broken, {
      request: { headers: { origin: ORIGIN } },
      ...event,
    })
    expect(JSON.parse(callbacks[0]?.body ?? '')).toMatchObject({ status: 'pending' })
    const bearer = { authorization: 'Bearer a-secret-for-tests' }
    expect(JSON.parse((await tell(health, {}, bearer)).body)).toMatchObject({ pending: 1 })
    forward(60_000)
    expect(JSON.parse((await tell(retrySaves, {}, bearer)).body)).toMatchObject({ landed: 1, pending: 0 })
    const panel = await ask<CallerPanelResponse>(callerContext, { call_sid }, token)
    expect(panel.customer?.variables['agent_notes']?.value).toBe('Call back')
    expect(panel.saved).toBe(true)
  })

  test('saves a call whose session Sync could not keep, when its task says whose it is', async () => {
    const workspace = await centre.client.taskrouter.v1.workspaces.create({ friendlyName: 'Support' })
    const CallSid = newCall()
    const from = '+12025550146'
    centre.faults.set('sync', '503')
    await tell(identifyCaller, { CallSid, From: from, To: '+12025550100', CallStatus: 'ringing' })
    centre.faults.set('sync', 'none')
    const attributes = JSON.stringify({ call_sid: CallSid, from })
    const tasks = centre.client.taskrouter.v1.workspaces(workspace.sid).tasks
    const task = await tasks.create({ attributes })
    const other = await tasks.create({ attributes: JSON.stringify({ call_sid: newCall(), from }) })
    const save = async (task_sid: string): Promise<number | undefined> => {
      const context = { ...centre.context, TASKROUTER_WORKSPACE_SID: workspace.sid }
      const form = {
        Token: await centre.token(),
        call_sid: CallSid,
        reservation_sid,
        notes: 'Late',
        task_sid,
      }
      const { callbacks } = await invoke(saveContext, context, { request: { headers: {} }, ...form })
      return callbacks[0]?.status
    }
    expect(await save(other.sid)).toBe(404)
    expect(await save(task.sid)).toBe(200)
    const panel = await ask<CallerPanelResponse>(callerContext, { call_sid: CallSid }, await centre.token())
    expect(panel.customer?.variables['agent_notes']?.value).toBe('Late')
  })

  test('says that it was somebody else, and takes it back', async () => {
    const token = await centre.token()
    const call_sid = await callWithAgent('+12025550144')
    await ask(saveContext, { call_sid, reservation_sid, notes: 'Moved house', save_id: 'a' }, token)
    await ask(saveContext, { call_sid, reservation_sid, notes: 'Moved house twice', save_id: 'b' }, token)
    const before = await ask<CallerPanelResponse>(callerContext, { call_sid }, token)
    const wrong = { call_sid, verdict: 'wrong_person' }
    const moved = await ask<CorrectCallerResponse>(correctCaller, wrong, token)
    expect(moved.customer_ref).not.toBe(before.customer_ref)
    const after = await ask<CallerPanelResponse>(callerContext, { call_sid }, token)
    expect(after.customer_ref).toBe(moved.customer_ref)
    expect(after.customer?.variables['agent_notes']?.value).toBe('Moved house twice')
    const undo = { call_sid, verdict: 'undo', correction_id: moved.correction_id }
    const back = await ask<CorrectCallerResponse>(correctCaller, undo, token)
    expect(back.customer_ref).toBe(before.customer_ref)
  })

  test('sees why the memory is sure, until somebody says that it is another person', async () => {
    const token = await centre.token()
    await callWithAgent('+12025550147')
    const call_sid = await callWithAgent('+12025550147', 'TN-Validation-Passed-B-Diverted')
    const panel = (): Promise<CallerPanelResponse> => ask(callerContext, { call_sid }, token)
    expect(await panel()).toMatchObject({
      identity: { sources: expect.arrayContaining(['recency:1day']) },
      assurance: 'none',
      verification: 'not_asked',
      attestation: 'B',
      forwarded: true,
      correction: null,
    })
    const say = (verdict: string, more: object = {}): Promise<CorrectCallerResponse> =>
      ask(correctCaller, { call_sid, verdict, ...more }, token)
    await say('right_person')
    await say('right_person')
    expect(await panel()).toMatchObject({ correction: { verdict: 'right_person' } })
    expect((await panel()).identity).not.toBeNull()
    const { correction_id } = await say('wrong_person')
    const opened = await panel()
    expect(opened).toMatchObject({ identity: null, correction: { verdict: 'wrong_person', correction_id } })
    await say('undo', { correction_id })
    expect(await panel()).toMatchObject({ correction: { verdict: 'right_person' } })
  })

  test('cannot give a call to a customer who is no candidate', async () => {
    const Token = await centre.token()
    const call_sid = await callWithAgent()
    const form = { Token, call_sid, verdict: 'another', customer_ref: 'somebody-else' }
    const refused = await tell(correctCaller, form, { origin: ORIGIN })
    expect(refused).toMatchObject({ status: 422, body: '{"error":"CM_NO_CANDIDATE"}' })
  })

  test('cannot have a customer forgotten, but a supervisor can, everywhere', async () => {
    const call_sid = await callWithAgent('+12025550145')
    const form = { call_sid, verdict: 'forget' }
    const refused = await tell(correctCaller, { Token: await centre.token(), ...form }, { origin: ORIGIN })
    expect(refused).toMatchObject({ status: 403, body: '{"error":"CM_TOKEN_FORBIDDEN"}' })
    const supervisor = await centre.token(['supervisor'])
    const forgotten = await ask<ForgetCallerResponse>(correctCaller, form, supervisor)
    expect(forgotten).toMatchObject({ complete: true, receipt: { counts: { customers: 1 } } })
    const panel = await ask<CallerPanelResponse>(callerContext, { call_sid }, supervisor)
    expect(panel).toMatchObject({ customer_ref: null, customer_state: 'unknown', may_forget: true })
    const late = { call_sid, reservation_sid, notes: 'too late', save_id: 'late' }
    expect(await ask(saveContext, late, supervisor)).toMatchObject({ status: 'not-kept' })
  })
})
