import { handler as callStatus } from '../../functions/call-status.protected.ts'
import { handler as connectAgent } from '../../functions/connect-agent.protected.ts'
import { handler as correctCaller } from '../../functions/correct-caller.ts'
import { handler as getCallerContext } from '../../functions/get-caller-context.protected.ts'
import { handler as identifyCaller } from '../../functions/identify-caller.protected.ts'
import { handler as nextStep } from '../../functions/next-step.protected.ts'
import { handler as retrySaves } from '../../functions/retry-saves.ts'
import { handler as taskEvent } from '../../functions/task-event.protected.ts'
import { systemClock } from '../../src/clock.ts'
import type { CallerContextAnswer } from '../../src/contract.ts'
import type { RuntimeContext, RuntimeHandler } from '../../src/twilio/runtime.ts'
import { API_KEY, startTestServer, type TestServer } from '../memory-server/support.ts'
import { type ContactCentre, startContactCentre } from '../support/contact-centre.ts'
import { installRuntime, invoke } from '../support/runtime.ts'

installRuntime()

const TO = '+12025550100'
const workflow = { WORKFLOW_SID: `WW${'0'.repeat(32)}` }
const KNOWN = 'Last time, you called about a refund.'
const WORDS = 'I want a refund for what I sent back'

let memory: TestServer
let centre: ContactCentre
let calls = 0
let lines = 100
const newCall = (): string => `CA${String((calls += 1)).padStart(32, '0')}`
const newNumber = (): string => `+12025550${(lines += 1)}`

beforeAll(async () => {
  memory = await startTestServer()
  centre = await startContactCentre({ memoryUrl: memory.url, memoryKey: API_KEY, clock: systemClock })
})
afterAll(async () => {
  await centre.close()
  await memory.close()
})
afterEach(() => {
  centre.faults.set('sync', 'none')
})

interface Settings {
  readonly memory?: 'up' | 'down'
}

async function tell(handler: RuntimeHandler, event: object, settings: Settings = {}): Promise<string> {
  const away = settings.memory === 'down' ? { STICKY_CALLS_API_URL: 'http://127.0.0.1:9' } : {}
  const context: RuntimeContext = { ...centre.context, ...workflow, ...away }
  const { callbacks } = await invoke(handler, context, { request: { headers: {} }, ...event })
  expect(callbacks).toHaveLength(1)
  return callbacks[0]?.body ?? ''
}

/** A call that says what it is about, waits in the queue and is given up. Its end is told unless it is said not to be. */
async function givenUp(
  From: string,
  settings: Settings & { readonly isTold?: boolean } = {},
): Promise<string> {
  const CallSid = newCall()
  const call = { CallSid, From, To: TO, Direction: 'inbound' }
  await tell(identifyCaller, call, settings)
  await tell(nextStep, { ...call, SpeechResult: WORDS, asked: '1' }, settings)
  await tell(connectAgent, call, settings)
  if (settings.isTold ?? true) {
    await tell(callStatus, { ...call, CallStatus: 'completed', CallDuration: '61' }, settings)
  }
  return CallSid
}

const again = (From: string, settings: Settings = {}, more: object = {}): Promise<string> =>
  tell(identifyCaller, { CallSid: newCall(), From, To: TO, Direction: 'inbound', ...more }, settings)

// First of all: once the memory was down in some test, the circuit breaker keeps it so for a while.
test('a caller who was forgotten hears nothing of before, and no trace of the line is left', async () => {
  const from = newNumber()
  const call_sid = await givenUp(from)
  const names = async (): Promise<string[]> =>
    (await centre.client.sync.v1.services('default').documents.list()).map((each) => each.uniqueName)
  const before = (await names()).filter((name) => name.startsWith('line-')).length
  const Token = await centre.token(['admin'])
  const form = { Token, call_sid, verdict: 'forget' }
  await tell(correctCaller, { ...form, request: { headers: { origin: 'https://flex.twilio.com' } } })
  expect((await names()).filter((name) => name.startsWith('line-'))).toHaveLength(before - 1)
  expect(await again(from, { memory: 'down' })).not.toContain('refund')
})

describe('a caller who comes back', () => {
  test.each([
    ['whose first call is not saved yet', {}, { isTold: false }],
    ['while the memory is down', { memory: 'down' }, {}],
    ['while the memory is down for both calls', { memory: 'down' }, { memory: 'down' }],
    ['after an outage of the memory, with the save still waiting', {}, { memory: 'down' }],
  ] as const)('%s hears what it was about, and their words', async (_case, now, before) => {
    const from = newNumber()
    await givenUp(from, before)
    const heard = await again(from, now)
    expect(heard).toContain(KNOWN)
    expect(heard).toContain(WORDS)
  })

  test('is asked whether to go on, and the agent is told what it is about, with the memory down', async () => {
    const From = newNumber()
    await givenUp(From)
    const call = { CallSid: newCall(), From, To: TO, Direction: 'inbound' }
    await tell(identifyCaller, { ...call, StirVerstat: 'TN-Validation-Passed-A' }, { memory: 'down' })
    expect(await tell(nextStep, call)).toContain('Press 1 to go on with a refund')
    await tell(nextStep, { ...call, Digits: '1', asked: '1', open: 'yes' })
    const enqueued = await tell(connectAgent, call)
    const task = JSON.parse(/<Task[^>]*>(.*)<\/Task>/.exec(enqueued)?.[1] ?? '{}')
    expect(task).toMatchObject({ memory: 'unavailable', intent: 'refund', attempt: 2, assurance: 'none' })
    expect(JSON.parse(task.variables)).toMatchObject({ last_issue: WORDS })
  })

  test('hears it on a call that we place, where the customer is the one called', async () => {
    const from = newNumber()
    await givenUp(from, { isTold: false })
    const placed = { From: TO, To: from, Direction: 'outbound-api' }
    expect(await again(from, { memory: 'down' }, placed)).toContain(KNOWN)
  })

  test('hears the same when Twilio asks twice', async () => {
    const from = newNumber()
    await givenUp(from)
    const CallSid = newCall()
    const first = await again(from, { memory: 'down' }, { CallSid })
    expect(first).toContain(KNOWN)
    expect(await again(from, { memory: 'down' }, { CallSid })).toBe(first)
  })

  test('hears it also after a call on which nothing was said', async () => {
    const from = newNumber()
    await givenUp(from, { isTold: false })
    await again(from, { memory: 'down' })
    expect(await again(from, { memory: 'down' })).toContain(KNOWN)
  })

  test('reaches a Studio flow as the caller that they are', async () => {
    const From = newNumber()
    await givenUp(From, { memory: 'down' })
    const call = { CallSid: newCall(), From, To: TO }
    const text = await tell(getCallerContext, call, { memory: 'down' })
    const answer = JSON.parse(text) as CallerContextAnswer
    expect(answer).toMatchObject({ tier: 'recognized', memory: 'unavailable', customer_ref: '' })
    expect(answer.greeting).toContain(KNOWN)
  })
})

describe('nothing of an earlier call is said', () => {
  test.each([
    ['from another number', () => newNumber(), {}],
    ['to one who withholds the number', () => 'anonymous', {}],
    ['when the call was forwarded', (from: string) => from, { ForwardedFrom: '+12025550199' }],
    [
      'when the network disowns the number',
      (from: string) => from,
      { StirVerstat: 'TN-Validation-Failed-A' },
    ],
  ] as const)('%s', async (_case, numberOf, more) => {
    const from = newNumber()
    await givenUp(from, { memory: 'down' })
    const heard = await again(numberOf(from), { memory: 'down' }, more)
    expect(heard).not.toContain('refund')
    expect(await again(from, { memory: 'down' })).toContain(KNOWN)
  })

  test('between two who withhold their number', async () => {
    await givenUp('anonymous', { memory: 'down' })
    expect(await again('anonymous', { memory: 'down' })).not.toContain('refund')
  })

  test('when an agent took the call', async () => {
    const from = newNumber()
    const call_sid = await givenUp(from, { memory: 'down', isTold: false })
    await tell(taskEvent, {
      EventType: 'reservation.accepted',
      TaskSid: `WT${'b'.repeat(32)}`,
      ResourceSid: `WR${'a'.repeat(32)}`,
      TaskAttributes: JSON.stringify({ call_sid, from }),
    })
    expect(await again(from, { memory: 'down' })).not.toContain('refund')
  })

  test('when Sync cannot be reached, and the greeting comes all the same', async () => {
    const from = newNumber()
    await givenUp(from, { memory: 'down' })
    centre.faults.set('sync', 'down')
    expect(await again(from, { memory: 'down' })).toContain('Welcome to our support line.')
  })
})

test('no document names a number, and the saves of both calls land', async () => {
  const from = newNumber()
  await givenUp(from, { memory: 'down' })
  await givenUp(from, { memory: 'down' })
  const documents = await centre.client.sync.v1.services('default').documents.list()
  expect(documents.some(({ uniqueName }) => uniqueName.startsWith('line-'))).toBe(true)
  expect(JSON.stringify(documents.map(({ uniqueName, data }) => [uniqueName, data]))).not.toContain(
    from.slice(2),
  )
  const authorization = 'Bearer a-secret-for-tests'
  const retried = await tell(retrySaves, { request: { headers: { authorization } } })
  expect(JSON.parse(retried)).toMatchObject({ set_aside: 0 })
})
