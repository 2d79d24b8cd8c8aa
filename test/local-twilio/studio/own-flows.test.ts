import { coverageOf } from '../../../local-twilio/src/studio/engine/coverage.ts'
import { createFlowHttp, type FlowHttp } from '../../../local-twilio/src/studio/engine/http.ts'
import type { OutsideMoment, OutsideOutcome } from '../../../local-twilio/src/studio/engine/execution.ts'
import { type FlowRun, runFlow } from '../../../local-twilio/src/studio/engine/run-flow.ts'
import { MAX_ATTRIBUTES } from '../../../local-twilio/src/studio/engine/widgets/task.ts'
import type { Flow } from '../../../local-twilio/src/studio/flow.ts'
import { HOSTILE_VALUES } from '../../../local-twilio/src/studio/lint/hostile.ts'
import { type CallerAction, scriptedCaller } from '../../../local-twilio/src/voice/caller.ts'
import { newSid } from '../../../local-twilio/src/sid.ts'
import { sendJson, startTestServer, type TestServer } from '../../support/http-server.ts'
import { filledFlow } from './flows.ts'
import { type Fault, HANG, type RealFunctions, startRealFunctions } from './real-functions.ts'

let memory: TestServer
let functions: RealFunctions
let remembered: { confidence: number; said: string; intent: string }
const runs = new Map<string, FlowRun[]>()

beforeAll(async () => {
  memory = await startTestServer((response) =>
    sendJson(response, 200, {
      customer_ref: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10',
      call_start: '2026-03-02T09:00:00.000Z',
      identity: { confidence: remembered.confidence, level: 'high', sources: [], recommendation: 'reuse' },
      open_intents: remembered.intent
        ? [{ intent: remembered.intent, status: 'open', attempt_count: 1 }]
        : [],
      variables: { last_issue: { value: remembered.said, source: 'agent', ttl_seconds: 60 } },
    }),
  )
  functions = await startRealFunctions(memory.url)
})
afterAll(async () => {
  await functions.close()
  await memory.close()
})
beforeEach(() => {
  functions.faults.clear()
  remembered = { confidence: 0.95, said: 'My parcel is late', intent: 'refund' }
})

type Values = Readonly<Record<string, string>>

interface Play {
  readonly values?: Values
  readonly actions?: readonly CallerAction[]
  readonly from?: string
  readonly outside?: (moment: OutsideMoment) => OutsideOutcome | undefined
  readonly hangUpAt?: string
  readonly malformed?: 'success' | 'failure'
}

const FLOWS = {
  'caller-memory': (more: Values = {}): Flow =>
    filledFlow('caller-memory', { FUNCTIONS_URL: functions.url, ...more }),
  'caller-memory-no-code': (): Flow => filledFlow('caller-memory-no-code', { MEMORY_URL: memory.url }),
}

const send = createFlowHttp({ authToken: 'f'.repeat(32) })
// That a request is given up in time is shown in run-flow.test.ts; nobody has to wait for it again here.
const http: FlowHttp = async (request) =>
  functions.faults.get(new URL(request.url).pathname) === HANG
    ? { kind: 'failed', why: 'timeout' }
    : send(request)

async function play(name: keyof typeof FLOWS, given: Play = {}): Promise<FlowRun> {
  const { actions = [], from = '+12025550142', outside, hangUpAt, malformed } = given
  const run = await runFlow({
    flow: FLOWS[name](given.values),
    trigger: { event: 'incomingCall', call: { CallSid: newSid('CA'), From: from, To: '+12025550100' } },
    caller: scriptedCaller(actions),
    http,
    assumed: malformed ? { 'malformed-json': malformed } : {},
    ...(outside && { outside }),
    ...(hangUpAt && { hangUpAt }),
  })
  runs.set(name, [...(runs.get(name) ?? []), run])
  return run
}

const say = (text: string): CallerAction => ({ kind: 'say', text })
const press = (digits: string): CallerAction => ({ kind: 'press', digits })
const silent: CallerAction = { kind: 'silent' }
const queueFails =
  (event: 'failedToEnqueue' | 'callFailure') =>
  ({ type }: OutsideMoment): OutsideOutcome | undefined =>
    type === 'send-to-flex' ? { event } : undefined

const taskOf = ({ tasks, end }: FlowRun): { readonly widget: string; readonly attributes: object } => {
  expect(end.kind).toBe('finished')
  expect(tasks).toHaveLength(1)
  const [task] = tasks
  expect(task?.text.length).toBeLessThanOrEqual(MAX_ATTRIBUTES)
  return task ?? { widget: '', attributes: {} }
}

describe('caller-memory', () => {
  test.each([
    [
      0.95,
      press('1'),
      'You told us: My parcel is late.',
      'flex_known_topic',
      { tier: 'recognized', intent: 'refund' },
    ],
    [0.95, say('Yes.'), 'Are you calling about a refund again?', 'flex_known_topic', { intent: 'refund' }],
    [0.95, say('my invoice'), 'Thank you.', 'flex_known_topic', { intent: 'billing', reason: 'my invoice' }],
    [0.75, press('2'), 'Last time, you called about a refund.', 'flex_known_topic', { tier: 'likely' }],
    [0.75, silent, 'Welcome back.', 'flex_known', { tier: 'likely', memory: 'available' }],
    [0.4, press('1'), 'It looks as if you may have called before.', 'flex_confirmed', { tier: 'likely' }],
    [0.4, silent, 'Have you called us before?', 'flex_unknown', { tier: 'new', memory: 'available' }],
    [
      0.1,
      say('an order'),
      'Please say in a few words',
      'flex_unknown_topic',
      { tier: 'new', intent: 'order' },
    ],
    [0.1, press('2'), 'press 2 for a refund', 'flex_unknown_topic', { tier: 'new', intent: 'refund' }],
    [0.1, silent, 'Welcome to our support line.', 'flex_unknown', { tier: 'new', memory: 'available' }],
  ])('takes a caller at %d who answers %j', async (confidence, action, heard, widget, attributes) => {
    remembered = { ...remembered, confidence }
    const run = await play('caller-memory', { actions: [action] })
    expect(run.heard.join(' ')).toContain(heard)
    expect(taskOf(run)).toMatchObject({ widget, attributes })
  })

  test('asks a possible caller who denies like one it does not know, and names nobody', async () => {
    remembered = { ...remembered, confidence: 0.4 }
    const run = await play('caller-memory', { actions: [say('No'), say('My router is broken')] })
    expect(run.heard.join(' ')).not.toContain('about a refund')
    expect(taskOf(run)).toMatchObject({
      widget: 'flex_unknown_topic',
      attributes: { tier: 'new', memory: 'available', customer_ref: '', variables: '{}' },
    })
    expect(run.heard.filter((said) => said.includes('Welcome to our support line.'))).toHaveLength(1)
  })

  test('tells the agent of a withheld number, and speaks in the language that it was filled for', async () => {
    const run = await play('caller-memory', {
      from: 'anonymous',
      actions: [silent],
      values: { LANGUAGE: 'es-US' },
    })
    expect(taskOf(run)).toMatchObject({ widget: 'flex_withheld', attributes: { memory: 'not_asked' } })
    expect(run.heard[0]).toBe('Le damos la bienvenida a nuestra línea de atención.')
    const known = await play('caller-memory', { actions: [silent], values: { LANGUAGE: 'es-US' } })
    expect(known.heard.join(' ')).toContain('La última vez llamó por un reembolso.')
  })

  test('never looks up a withheld number', async () => {
    const before = memory.seen.length
    const run = await play('caller-memory', { from: 'anonymous', actions: [say('a refund')] })
    expect(taskOf(run)).toMatchObject({ attributes: { memory: 'not_asked' } })
    expect(memory.seen).toHaveLength(before)
  })

  const garbled: Fault = (respond) => respond(200, 'application/json', '{"tier')
  const large = JSON.stringify({ tier: 'x'.repeat(70_000) })
  const broken: { title: string; fault: Fault; malformed?: Play['malformed'] }[] = [
    { title: 'answers 500', fault: (respond) => respond(500, 'application/json', '{"tier":"recognized"}') },
    { title: 'hangs', fault: HANG },
    { title: 'answers 64 kB', fault: (respond) => respond(200, 'application/json', large) },
    { title: 'answers no JSON, taken for a success', fault: garbled, malformed: 'success' },
    { title: 'answers no JSON, taken for a failure', fault: garbled, malformed: 'failure' },
    {
      title: 'answers nothing',
      fault: (respond) => respond(200, 'application/json', ''),
      malformed: 'success',
    },
    { title: 'answers an empty object', fault: (respond) => respond(200, 'application/json', '{}') },
    { title: 'answers a list', fault: (respond) => respond(200, 'application/json', '[{"tier":"new"}]') },
    { title: 'answers a page', fault: (respond) => respond(200, 'text/html', '<html></html>') },
  ]

  test.each(broken)(
    'brings every caller to an agent when get-caller-context $title',
    async ({ fault, malformed }) => {
      functions.faults.set('/get-caller-context', fault)
      const run = await play('caller-memory', { actions: [silent], ...(malformed && { malformed }) })
      expect(taskOf(run)).toMatchObject({
        widget: 'flex_no_memory',
        attributes: { tier: 'new', memory: 'unavailable' },
      })
    },
  )

  test.each(broken)('keeps what it knows when confirm-caller $title', async ({ fault, malformed }) => {
    for (const [confidence, widget] of [
      [0.95, 'flex_known'],
      [0.4, 'flex_unknown'],
      [0.1, 'flex_unknown'],
    ] as const) {
      functions.faults.clear()
      functions.faults.set('/confirm-caller', fault)
      remembered = { ...remembered, confidence }
      const actions = [press('1'), silent]
      const run = await play('caller-memory', { actions, ...(malformed && { malformed }) })
      expect(taskOf(run).widget).toBe(widget)
    }
  })

  test.each(HOSTILE_VALUES)('keeps its task whole and its speech plain for %j', async (hostile) => {
    remembered = { confidence: 0.95, said: hostile, intent: hostile }
    const run = await play('caller-memory', { actions: [say(hostile === '' ? 'x' : hostile)], from: hostile })
    const known = await play('caller-memory', { actions: [say(hostile === '' ? 'x' : hostile)] })
    for (const one of [run, known]) {
      const { attributes } = taskOf(one)
      expect(attributes).not.toMatchObject({ vip: true })
      expect(Object.keys(attributes)).not.toContain('x')
      expect(one.heard.join(' ')).not.toMatch(/[<>{}&]/)
    }
    expect(taskOf(known).attributes).toMatchObject({ customer_ref: '3f0c2a54-9b7e-4d57-8a6f-0d5b1c9e7a10' })
  })

  test.each(['failedToEnqueue', 'callFailure'] as const)('takes a message after %s', async (event) => {
    const callers: { confidence: number; from: string; isDown?: boolean }[] = [
      ...[0.95, 0.4, 0.1].map((confidence) => ({ confidence, from: '+12025550142' })),
      { confidence: 0, from: 'anonymous' },
      { confidence: 0, from: '+12025550142', isDown: true },
    ]
    for (const { confidence, from, isDown = false } of callers) {
      for (const action of [press('1'), silent]) {
        remembered = { ...remembered, confidence }
        if (isDown) functions.faults.set('/get-caller-context', (respond) => respond(500, 'text/plain', ''))
        const actions = [action, say('Please call me back')]
        const run = await play('caller-memory', { actions, from, outside: queueFails(event) })
        expect(run.heard.at(-1)).toContain('We have your message')
        expect(run.requests.at(-1)?.request.parameters).toMatchObject({ RecordingStatus: 'completed' })
      }
    }
  })

  test('says so when no message was left, and ends when the caller hangs up', async () => {
    const outside = queueFails('callFailure')
    const silence = await play('caller-memory', { actions: [silent, silent], outside })
    expect(silence.heard.at(-1)).toBe('We did not hear a message. Goodbye.')
    expect((await play('caller-memory', { actions: [silent], outside })).end).toMatchObject({
      event: 'hangup',
    })
  })

  test.each(['get_caller_context', 'ask_known', 'confirm_known', 'flex_known_topic'])(
    'ends cleanly when the caller hangs up at %s',
    async (hangUpAt) => {
      const { end, tasks } = await play('caller-memory', { actions: [press('1')], hangUpAt })
      expect(end.kind).toBe('hung-up')
      expect(tasks).toEqual([])
    },
  )

  test('has every widget and every transition run by these calls', () => {
    const { states, transitions } = coverageOf(FLOWS['caller-memory'](), runs.get('caller-memory') ?? [])
    expect(states.missing).toEqual([])
    expect(transitions.missing).toEqual([])
    expect(states.all).toBe(26)
  })

  test('would not, with fewer calls', () => {
    const { transitions } = coverageOf(
      FLOWS['caller-memory'](),
      (runs.get('caller-memory') ?? []).slice(0, 10),
    )
    expect(transitions.missing).not.toEqual([])
  })
})

describe('caller-memory-no-code', () => {
  test.each([
    [0.95, 'flex_known'],
    [0.7, 'flex_known'],
    [0.69, 'flex_unknown'],
    [0, 'flex_unknown'],
  ])('takes a confidence of %d to %s', async (confidence, widget) => {
    remembered = { ...remembered, confidence }
    const actions: CallerAction[][] = [[press('0')], [say('a refund')], [silent]]
    for (const each of actions) {
      const run = await play('caller-memory-no-code', { actions: each })
      expect(taskOf(run).widget).toBe(widget)
    }
  })

  test.each(['anonymous', '+266696687', 'client:someone', ''])('never looks up %j', async (from) => {
    const before = memory.seen.length
    expect(taskOf(await play('caller-memory-no-code', { from, actions: [silent] })).widget).toBe(
      'flex_unknown',
    )
    expect(memory.seen).toHaveLength(before)
  })

  test('goes on when the memory is away, and takes a message when the queue fails', async () => {
    const flow = filledFlow('caller-memory-no-code', { MEMORY_URL: 'http://127.0.0.1:9' })
    const run = await runFlow({
      flow,
      trigger: { event: 'incomingCall', call: { CallSid: newSid('CA'), From: '+12025550142' } },
      caller: scriptedCaller([silent]),
      http: createFlowHttp({ timeoutMs: 500 }),
    })
    runs.get('caller-memory-no-code')?.push(run)
    expect(taskOf(run).widget).toBe('flex_unknown')
    for (const confidence of [0.95, 0.1]) {
      remembered = { ...remembered, confidence }
      for (const event of ['failedToEnqueue', 'callFailure'] as const) {
        for (const last of [say('Call me'), silent, undefined]) {
          const actions = [silent, ...(last ? [last] : [])]
          const { heard } = await play('caller-memory-no-code', { actions, outside: queueFails(event) })
          expect(heard.join(' ')).toContain('Please leave a message')
        }
      }
    }
  })

  test('stops at a confidence that is no number', async () => {
    remembered = { ...remembered, confidence: 'high' as unknown as number }
    expect(taskOf(await play('caller-memory-no-code', { actions: [silent] })).widget).toBe('flex_unknown')
  })

  test('has every widget and every transition run by these calls', () => {
    const { states, transitions } = coverageOf(
      FLOWS['caller-memory-no-code'](),
      runs.get('caller-memory-no-code') ?? [],
    )
    expect([states.missing, transitions.missing]).toEqual([[], []])
  })
})
