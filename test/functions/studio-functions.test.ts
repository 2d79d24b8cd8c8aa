import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import * as fc from 'fast-check'
import { handler as confirmCaller } from '../../functions/confirm-caller.protected.ts'
import { handler as getCallerContext } from '../../functions/get-caller-context.protected.ts'
import type { CallerContextAnswer, ConfirmCallerAnswer } from '../../src/contract.ts'
import { knownCallerOf } from '../../src/call/known-caller.ts'
import { unverified } from '../../src/caller/assurance.ts'
import {
  callerContextAnswer,
  confirmCallerAnswer,
  NOTHING_KNOWN,
} from '../../src/twilio/caller-context-answer.ts'
import type { RuntimeContext } from '../../src/twilio/runtime.ts'
import { BUILT_IN_CALL_FLOW } from '../../src/voice/built-in-call-flow.ts'
import { sendJson, startTestServer, type TestServer } from '../support/http-server.ts'
import { installRuntime, invoke } from '../support/runtime.ts'

installRuntime()

const contract = (name: string): ValidateFunction =>
  new Ajv({ strict: false }).compile(
    JSON.parse(
      readFileSync(join(resolve(__dirname, '../..'), `studio-flows/${name}.contract.json`), 'utf8'),
    ) as object,
  )
const fitsContext = contract('get-caller-context')
const fitsConfirm = contract('confirm-caller')

const EVENT = { CallSid: `CA${'9'.repeat(32)}`, From: '+12025550142', To: '+12025550100' }
const NOBODY = 'http://127.0.0.1:9'

let memory: TestServer
let answerWith: () => { status: number; body: unknown }
const known = (confidence: number, said = 'My parcel is late', intent = 'refund'): void => {
  answerWith = () => ({
    status: 200,
    body: {
      customer_ref: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
      identity: { confidence, sources: ['ani:mobile'] },
      open_intents: [{ intent, status: 'open', attempt_count: 2 }],
      variables: { last_issue: { value: said, source: 'agent', ttl_seconds: 3600 } },
    },
  })
}
beforeAll(async () => {
  memory = await startTestServer((response) => {
    const { status, body } = answerWith()
    sendJson(response, status, body)
  })
})
afterAll(() => memory.close())

const context = (more: Record<string, string> = {}): RuntimeContext => ({
  STICKY_CALLS_API_URL: memory.url,
  STICKY_CALLS_API_KEY: 'sk_test_0123456789',
  TWILIO_API_URL: NOBODY,
  ...more,
})

async function identify(event: object = EVENT, more = {}): Promise<CallerContextAnswer> {
  const { callbacks } = await invoke(getCallerContext, context(more), { ...event })
  expect(callbacks).toHaveLength(1)
  expect(callbacks[0]).toMatchObject({ status: 200, contentType: 'application/json' })
  const body = callbacks[0]?.body ?? ''
  expect(Buffer.byteLength(body)).toBeLessThan(4_000)
  const answer = JSON.parse(body) as CallerContextAnswer
  expect([fitsContext(answer), fitsContext.errors]).toEqual([true, null])
  return answer
}

async function confirm(input: object, more = {}): Promise<ConfirmCallerAnswer> {
  const { callbacks } = await invoke(confirmCaller, context(more), { ...EVENT, ...input })
  expect(callbacks).toHaveLength(1)
  expect(callbacks[0]).toMatchObject({ status: 200, contentType: 'application/json' })
  const answer = JSON.parse(callbacks[0]?.body ?? '') as ConfirmCallerAnswer
  expect([fitsConfirm(answer), fitsConfirm.errors]).toEqual([true, null])
  return answer
}

describe('get-caller-context', () => {
  test.each([
    [0.95, 'recognized', 'You told us: My parcel is late.'],
    [0.75, 'likely', 'Last time, you called about a refund.'],
    [0.4, 'possible', 'It looks as if you may have called before.'],
    [0.1, 'new', 'Welcome to our support line.'],
  ])('answers a confidence of %d with tier %s', async (confidence, tier, heard) => {
    known(confidence)
    const answer = await identify()
    expect(answer).toMatchObject({ tier, memory: 'available', identity_confidence: confidence })
    expect(answer.greeting).toContain(heard)
    expect(answer.task).toMatchObject({ tier, type: 'inbound', name: EVENT.From, call_sid: EVENT.CallSid })
  })

  test('puts the memory into the flat keys of the guide', async () => {
    known(0.95)
    const answer = await identify()
    expect(answer).toMatchObject({
      customer_ref: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
      identity_level: 'very_high',
    })
    expect(JSON.parse(answer.open_intents)).toEqual([{ intent: 'refund', status: 'open', attempt_count: 2 }])
    expect(JSON.parse(answer.variables)).toEqual({
      last_issue: { value: 'My parcel is late', source: 'agent', ttl_seconds: 3600 },
    })
  })

  test.each([
    ['the memory fails', () => ({ status: 500, body: {} }), EVENT, {}],
    ['the memory answers nonsense', () => ({ status: 200, body: [] }), EVENT, {}],
    ['the configuration is wrong', () => ({ status: 200, body: {} }), EVENT, { MEMORY_TIMEOUT_MS: 'soon' }],
    ['there is no CallSid', () => ({ status: 200, body: {} }), { From: EVENT.From }, {}],
  ])('still answers 200 when %s, and says that the memory was away', async (_title, answer, event, more) => {
    answerWith = answer
    const { tier, memory: state } = await identify(event, more)
    expect([tier, state]).toEqual(['new', 'unavailable'])
  })

  test('never asks the memory about a withheld number', async () => {
    const before = memory.seen.length
    expect(await identify({ ...EVENT, From: 'anonymous' })).toMatchObject({
      tier: 'new',
      memory: 'not_asked',
    })
    expect(memory.seen).toHaveLength(before)
  })

  test.each([
    '</Say><Hangup/>',
    '{{flow.sid}} {% raw %}',
    'a "b" \\ & <c>',
    '\u202egnp\u0000.exe',
    '😀é',
    '}',
  ])('speaks %j as plain text only', async (hostile) => {
    known(0.95, hostile, hostile)
    const { greeting, confirm_prompt: prompt } = await identify()
    expect(`${greeting} ${prompt}`).not.toMatch(/[<>{}&"\\\p{C}]/u)
  })
})

describe('confirm-caller', () => {
  test('keeps the tier and names the matter after a yes', async () => {
    known(0.75)
    expect(await confirm({ Digits: '1' })).toMatchObject({
      confirmed: 'yes',
      tier: 'likely',
      task: { intent: 'refund', tier: 'likely' },
    })
  })

  test('raises a possible caller to likely, and makes one who denies new and unnamed', async () => {
    known(0.4)
    expect(await confirm({ SpeechResult: 'Yes.' })).toMatchObject({ tier: 'likely', confirmed: 'yes' })
    expect(await confirm({ SpeechResult: 'No' })).toMatchObject({
      tier: 'new',
      customer_ref: '',
      variables: '{}',
      task: { customer_ref: '', open_intents: '[]', variables: '{}' },
    })
  })

  test('hands what the caller said on with the task, cut to its bounds', async () => {
    known(0.95)
    const { task } = await confirm({ SpeechResult: `my "order" \\ ${'x'.repeat(600)}` })
    expect(task.intent).toBe('order')
    expect(task.reason).toHaveLength(160)
  })

  test('still answers 200 when nothing works', async () => {
    answerWith = () => ({ status: 500, body: {} })
    const answer = await confirm({ Digits: '1' }, { MEMORY_TIMEOUT_MS: 'soon' })
    expect(answer).toMatchObject({ tier: 'new', memory: 'unavailable', confirmed: 'unclear' })
  })
})

describe('any answer', () => {
  const text = fc.string({ unit: 'binary', maxLength: 900 })
  const parts = fc.record({
    session: fc.record({
      callSid: fc.constant(EVENT.CallSid),
      startedAt: fc.constant('2026-03-02T09:00:00.000Z'),
      assurance: fc.constant(unverified('not_asked')),
      saved: fc.constant(false),
      tier: fc.constantFrom('recognized' as const, 'likely' as const, 'possible' as const, 'new' as const),
      memory: fc.constant('available' as const),
    }),
    context: fc.record({
      customerRef: fc.stringMatching(/^[\w.:-]{1,128}$/),
      identity: fc.record({
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
        level: fc.constant('low' as const),
        sources: fc.constant([]),
        recommendation: fc.constant('ignore' as const),
      }),
      openIntents: fc.array(
        fc.record({ intent: text, status: fc.constant('open'), attempt_count: fc.nat(99) }),
        { maxLength: 9 },
      ),
      variables: fc.dictionary(
        fc.stringMatching(/^[a-z]{1,40}$/),
        fc.record({ value: text, source: fc.constant('agent'), ttl_seconds: fc.nat() }),
        { maxKeys: 12 },
      ),
    }),
    from: text,
    greeting: fc.array(text, { maxLength: 5 }),
    prompt: text,
    intent: text,
    said: text,
  })

  test('fits its contract, stays below 4,000 bytes, and its task below 1,000 characters', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const session = { ...made.session, known: knownCallerOf(made.context, []) }
        const answer = confirmCallerAnswer({ ...made, session, flow: BUILT_IN_CALL_FLOW }, 'unclear')
        expect([fitsConfirm(answer), fitsConfirm.errors]).toEqual([true, null])
        expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(4_000)
        expect(JSON.stringify(answer.task).length).toBeLessThanOrEqual(1_000)
        for (const json of [answer.variables, answer.open_intents, answer.task.variables]) JSON.parse(json)
        expect(`${answer.greeting}${answer.confirm_prompt}`).not.toMatch(/[<>{}&]/)
      }),
      { numRuns: 25 },
    )
  })

  test('is refused by its contract when a key is misspelt', () => {
    const answer = callerContextAnswer(NOTHING_KNOWN)
    expect(fitsContext(answer)).toBe(true)
    expect(fitsContext({ ...answer, greetng: '' })).toBe(false)
  })
})
