import { handler as callStatus } from '../../functions/call-status.protected.ts'
import { handler as confirmCaller } from '../../functions/confirm-caller.protected.ts'
import { handler as correctCaller } from '../../functions/correct-caller.ts'
import { handler as getCallerContext } from '../../functions/get-caller-context.protected.ts'
import { handler as messageLeft } from '../../functions/message-left.protected.ts'
import { handler as taskEvent } from '../../functions/task-event.protected.ts'
import { systemClock } from '../../src/clock.ts'
import type { ConfirmCallerAnswer, CustomerResponse } from '../../src/contract.ts'
import type { RuntimeHandler } from '../../src/twilio/runtime.ts'
import { API_KEY, startTestServer, type TestServer } from '../memory-server/support.ts'
import { type ContactCentre, startContactCentre } from '../support/contact-centre.ts'
import {
  sendJson,
  startTestServer as startFront,
  type TestServer as FrontServer,
} from '../support/http-server.ts'
import { installRuntime, invoke, type Sent } from '../support/runtime.ts'

installRuntime()

let memory: TestServer
let centre: ContactCentre
/** The same memory, without corrections. */
let plain: FrontServer
let calls = 0
let numbers = 0
const newCall = (): string => `CA${String((calls += 1)).padStart(32, '7')}`
const newNumber = (): string => `+120255501${String((numbers += 1)).padStart(2, '0')}`

const TIMERS = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'] as const
const OTHERS = ['clearImmediate', 'nextTick', 'queueMicrotask', 'performance', 'hrtime'] as const
const DAY_MS = 86_400_000
const forward = (ms: number): void => {
  jest.setSystemTime(systemClock().getTime() + ms)
}

beforeAll(async () => {
  jest.useFakeTimers({ doNotFake: [...TIMERS, ...OTHERS] })
  memory = await startTestServer({ now: systemClock, forward })
  centre = await startContactCentre({ memoryUrl: memory.url, memoryKey: API_KEY, clock: systemClock })
  plain = await startFront((response, { path, headers, body }) => {
    if (path.endsWith('/correct')) return sendJson(response, 404, { error: 'not found' })
    const sent = { authorization: headers.authorization ?? '', 'content-type': 'application/json' }
    void fetch(`${memory.url}${path}`, { method: 'POST', headers: sent, body }).then(async (answered) =>
      sendJson(response, answered.status, await answered.json()),
    )
  })
})
afterAll(async () => {
  jest.useRealTimers()
  await centre.close()
  await plain.close()
  await memory.close()
})
afterEach(() => centre.faults.set('sync', 'none'))

async function tell(handler: RuntimeHandler, event: object, more: object = {}): Promise<Sent> {
  const { callbacks } = await invoke(handler, { ...centre.context, ...more }, { ...event })
  return callbacks[0] ?? { status: 0, body: '' }
}

interface Call {
  readonly CallSid: string
  readonly From: string
}

const about = ({ CallSid, From }: Call): object => ({ CallSid, From, To: '+12025550199' })
const identify = async (call: Call): Promise<ConfirmCallerAnswer> =>
  JSON.parse((await tell(getCallerContext, about(call))).body) as ConfirmCallerAnswer
const answer = async (call: Call, given: object, more: object = {}): Promise<ConfirmCallerAnswer> =>
  JSON.parse((await tell(confirmCaller, { ...about(call), ...given }, more)).body) as ConfirmCallerAnswer
const hangUp = ({ CallSid, From }: Call): Promise<Sent> =>
  tell(callStatus, { CallSid, From, CallStatus: 'completed', CallDuration: '61' })

async function customer(ref: string): Promise<CustomerResponse> {
  const headers = { authorization: `Bearer ${API_KEY}` }
  return (await (await fetch(`${memory.url}/v1/customers/${ref}`, { headers })).json()) as CustomerResponse
}

/** A customer who called about a refund so long ago that the memory is not sure of the number any more. */
async function customerOfLongAgo(): Promise<{ readonly call: Call; readonly ref: string }> {
  const From = newNumber()
  const first = { CallSid: newCall(), From }
  const { customer_ref: ref } = await identify(first)
  await answer(first, { SpeechResult: 'My refund has not arrived', Question: 'topic' })
  await hangUp(first)
  forward(500 * DAY_MS)
  return { call: { CallSid: newCall(), From }, ref }
}

const remembered = ({ open_intents, settled_intents, variables, calls: held }: CustomerResponse): object => ({
  open_intents,
  settled_intents,
  values: Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value])),
  ended: held.filter(({ call_end }) => call_end !== null),
})

/** How sure the number alone would make the memory on the next call. */
const sureness = ({ links }: CustomerResponse): number => links[0]?.evidence.confidence ?? 0

/** The call is saved for somebody else, and the customer is as if it had never been. By how much the number is surer now. */
async function expectUntouched(
  { call, ref }: { readonly call: Call; readonly ref: string },
  work: () => Promise<unknown>,
): Promise<number> {
  const before = await customer(ref)
  await work()
  await hangUp(call)
  const after = await customer(ref)
  expect(remembered(after)).toEqual(remembered(before))
  return sureness(after) - sureness(before)
}

describe('a caller who denies being the customer', () => {
  test('leaves that customer as they were, and becomes one of their own', async () => {
    const known = await customerOfLongAgo()
    const { call, ref } = known
    const surer = await expectUntouched(known, async () => {
      expect(await identify(call)).toMatchObject({ tier: 'possible', customer_ref: ref })
      expect(await answer(call, { SpeechResult: 'No' })).toMatchObject({ tier: 'new', customer_ref: '' })
      const topic = { SpeechResult: 'My router is broken', Question: 'topic', Confirmed: 'no' }
      const { task } = await answer(call, topic)
      expect(task).toMatchObject({ tier: 'new', customer_ref: '', intent: 'technical_support' })
      expect(task.variables).toBe('{}')
    })
    expect(surer).toBeLessThanOrEqual(0)
    const next = await identify({ CallSid: newCall(), From: call.From })
    expect(next.customer_ref).not.toBe(ref)
    expect(JSON.parse(next.open_intents)).toMatchObject([{ intent: 'technical_support' }])
    expect(next.tier).not.toBe('recognized')
  })

  test('stays somebody else when an agent takes the call, and can be put back by the agent', async () => {
    const known = await customerOfLongAgo()
    const { call, ref } = known
    const reservation = `WR${'a'.repeat(32)}`
    const surer = await expectUntouched(known, async () => {
      await identify(call)
      await answer(call, { Digits: '2' })
      const task = { TaskSid: `WT${'b'.repeat(32)}`, ResourceSid: reservation }
      const TaskAttributes = JSON.stringify({
        call_sid: call.CallSid,
        from: call.From,
        caller_context: { draft: { notes: 'Wants to move house', intent: 'account_change' } },
      })
      await tell(taskEvent, { EventType: 'reservation.accepted', ...task, TaskAttributes })
      await tell(taskEvent, { EventType: 'reservation.completed', ...task, TaskAttributes })
    })
    expect(surer).toBeLessThanOrEqual(0)
    const Token = await centre.token()
    const form = { Token, call_sid: call.CallSid, verdict: 'another', customer_ref: ref }
    const sent = await tell(correctCaller, {
      request: { headers: { origin: 'https://flex.twilio.com' } },
      ...form,
    })
    expect([sent.status, JSON.parse(sent.body)]).toMatchObject([200, { customer_ref: ref }])
    expect(JSON.stringify(await customer(ref))).toContain('account_change')
  })

  test('is let go of once, however often it is said', async () => {
    const known = await customerOfLongAgo()
    const { call } = known
    const surer = await expectUntouched(known, async () => {
      await identify(call)
      for (const Digits of ['2', '2', '2']) await answer(call, { Digits, Confirmed: 'no' })
    })
    expect(surer).toBeLessThanOrEqual(0)
    const next = await identify({ CallSid: newCall(), From: call.From })
    const { links } = await customer(next.customer_ref)
    expect(links[0]?.customers).toBe(2)
  })

  test('is never saved for that customer while Sync is away', async () => {
    const known = await customerOfLongAgo()
    const surer = await expectUntouched(known, async () => {
      centre.faults.set('sync', '503')
      await identify(known.call)
      await answer(known.call, { SpeechResult: 'No, never' })
      await answer(known.call, { SpeechResult: 'My router', Question: 'topic', Confirmed: 'no' })
      centre.faults.set('sync', 'none')
    })
    expect(surer).toBeLessThanOrEqual(0)
  })

  test('is saved for nobody when the memory can correct no calls', async () => {
    const known = await customerOfLongAgo()
    await expectUntouched(known, async () => {
      await identify(known.call)
      const settings = { STICKY_CALLS_API_URL: plain.url }
      const denied = await answer(known.call, { SpeechResult: 'No, my router is broken' }, settings)
      expect(denied).toMatchObject({ tier: 'new', customer_ref: '' })
      expect(plain.seen.map(({ path }) => path)).toContain(`/v1/calls/${known.call.CallSid}/correct`)
    })
    expect((await customer(known.ref)).calls[0]).toMatchObject({ call_end: null })
    const next = await identify({ CallSid: newCall(), From: known.call.From })
    expect(JSON.stringify(next)).not.toMatch(/router|technical_support/)
  })

  test('is not taken for one by a no to the matter, or for something else', async () => {
    const { call, ref } = await customerOfLongAgo()
    await identify(call)
    for (const given of [
      { SpeechResult: 'No, something else' },
      { SpeechResult: 'No', Question: 'topic' },
      { Digits: '2', Question: 'topic' },
      { SpeechResult: 'a different matter' },
    ]) {
      expect(await answer(call, given)).toMatchObject({ tier: 'possible', customer_ref: ref })
    }
    await hangUp(call)
    expect((await customer(ref)).calls).toHaveLength(2)
  })
})

describe('a message on a Studio flow', () => {
  const tellMessage = (CallSid: string, more: object = {}): Promise<Sent> =>
    tell(messageLeft, { CallSid, RecordingSid: `RE${'e'.repeat(32)}`, RecordingStatus: 'completed', ...more })

  test('is saved with the call that nobody took', async () => {
    const call = { CallSid: newCall(), From: newNumber() }
    const { customer_ref: ref } = await identify(call)
    expect(await tellMessage(call.CallSid, { RecordingStatus: 'absent' })).toMatchObject({ status: 204 })
    expect((await customer(ref)).variables).toEqual({})
    for (let again = 0; again < 2; again += 1) {
      expect(await tellMessage(call.CallSid)).toMatchObject({ status: 204 })
    }
    const { variables, calls: held } = await customer(ref)
    expect(variables['voicemail_sid']?.value).toBe(`RE${'e'.repeat(32)}`)
    expect(held).toHaveLength(1)
  })

  test('has to be told again while Sync is away', async () => {
    centre.faults.set('sync', '503')
    expect(await tellMessage(newCall())).toMatchObject({ status: 503 })
  })
})
