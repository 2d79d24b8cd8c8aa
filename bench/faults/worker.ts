import { handler as health } from '../../functions/health.ts'
import { handler as retrySaves } from '../../functions/retry-saves.ts'
import { createFaultRegistry } from '../../local-twilio/src/faults/registry.ts'
import { startTwilioApi } from '../../local-twilio/src/rest/twilio-api.ts'
import { systemClock } from '../../src/clock.ts'
import { startGate } from '../support/gate.ts'
import { type MovedTime, moveTime } from '../support/moved-time.ts'
import { seededRandom } from '../support/random.ts'
import { answerTask } from '../support/worker-process.ts'
import { checkMemory, type Findings } from './check.ts'
import { createLane, type Lane } from './lane.ts'
import { planCall } from './plan.ts'
import { type Outbox, type SimulatedCall, simulateCall, type SimulationPorts } from './simulate-call.ts'
import { contextOf, play, setStage } from './stage.ts'
import { openBackstage } from './backstage.ts'

/** What the worker is told. */
export interface FaultsTask {
  readonly memoryUrl: string
  readonly apiKey: string
  readonly calls: number
  readonly seed: number
  readonly lanes: number
  /** Which part of the calls this process plays, of how many. */
  readonly part: number
  readonly parts: number
}

/** What it found. */
export interface FaultsResult extends Findings {
  readonly calls: number
  readonly voiceWebhooks: number
  readonly withoutTwiml: number
  /** Calls of whose end no function was told and whose session Sync never took: not counted as lost. */
  readonly untold: number
  /** Wrap-ups that the plugin had to send again an hour later. */
  readonly sentLater: number
  /** Saves that still waited when the calls were over. */
  readonly pendingAfterCalls: number
  readonly pendingAtEnd: number
}

const ACCOUNT_SID = `AC${'0'.repeat(32)}`
const AUTH_TOKEN = 'f'.repeat(32)
const HOUR_MS = 3_600_000
const RETRY_SECRET = 'the-secret-of-the-scheduler'

const SETTINGS: Readonly<Record<string, string>> = {
  ACCOUNT_SID,
  AUTH_TOKEN,
  RETRY_SECRET,
  SAVE_ENCRYPTION_KEYS: 'a1'.repeat(32),
  SKIP_VERIFICATION: 'attested',
  MEMORY_TIMEOUT_MS: '4000',
}

answerTask((task) => run(task as FaultsTask))

async function run(task: FaultsTask): Promise<FaultsResult> {
  setStage()
  const time = moveTime()
  const silent = { log: (): void => {}, faults: createFaultRegistry() }
  const api = await startTwilioApi({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    clock: systemClock,
    ...silent,
  })
  const lanes = new Map<string, Lane>()
  const gate = await startGate({ memory: task.memoryUrl, twilio: api.url }, (name, target, path) => {
    const product = path.split('/')[1] ?? ''
    return lanes.get(name)?.passage(target, product) ?? 'pass'
  })
  const backstage = await openBackstage(api.url, ACCOUNT_SID, AUTH_TOKEN)
  const settings = {
    ...SETTINGS,
    STICKY_CALLS_API_KEY: task.apiKey,
    TASKROUTER_WORKSPACE_SID: backstage.workspaceSid,
  }
  const outbox: Outbox = []
  for (let at = 0; at < task.lanes; at += 1) lanes.set(`lane${at}`, createLane(`lane${at}`))
  const calls = await playAll(task, [...lanes.values()], (lane) => ({
    context: contextOf(gate.url, lane.name, settings),
    lane,
    token: backstage.token,
    createTask: backstage.createTask,
    hasSession: backstage.hasSession,
    outbox,
  }))
  for (const lane of lanes.values()) lane.enter('hour-later')
  const settled = await settle(time, outbox, contextOf(gate.url, 'scheduler', settings))
  const findings = await checkMemory(calls, { url: task.memoryUrl, apiKey: task.apiKey })
  await gate.close()
  await api.close()
  return { calls: calls.length, ...heard(calls), ...settled, ...findings }
}

/** Every lane plays one call after the other; a number's calls stay on one lane, in order. */
async function playAll(
  { calls, seed, part, parts }: FaultsTask,
  lanes: readonly Lane[],
  portsOf: (lane: Lane) => SimulationPorts,
): Promise<readonly SimulatedCall[]> {
  const random = seededRandom(seed)
  const plans = Array.from({ length: calls }, (_, index) => planCall(index, seededRandom(random() * 2 ** 32)))
  const done: SimulatedCall[] = []
  await Promise.all(
    lanes.map(async (lane, at) => {
      const ports = portsOf(lane)
      for (const [index, plan] of plans.entries()) {
        // The same calls whatever the number of processes.
        const isOurs = Math.floor(index / 3) % (lanes.length * parts) === at * parts + part
        if (isOurs) done.push(await simulateCall(plan, ports))
      }
    }),
  )
  return done
}

function heard(
  calls: readonly SimulatedCall[],
): Pick<FaultsResult, 'voiceWebhooks' | 'withoutTwiml' | 'untold'> {
  const sum = (count: (call: SimulatedCall) => number): number =>
    calls.reduce((total, call) => total + count(call), 0)
  return {
    voiceWebhooks: sum(({ webhooks }) => webhooks),
    withoutTwiml: sum((call) => call.withoutTwiml),
    untold: sum(({ isUntold }) => Number(isUntold)),
  }
}

const ROUNDS = 400

/** An hour later everything works again: the plugins send what they still have, the scheduler does its rounds. */
async function settle(
  time: MovedTime,
  outbox: Outbox,
  context: SimulationPorts['context'],
): Promise<Pick<FaultsResult, 'sentLater' | 'pendingAfterCalls' | 'pendingAtEnd'>> {
  const event = { request: { headers: { authorization: `Bearer ${RETRY_SECRET}` } } }
  const pending = async (): Promise<number> => {
    const { body } = await play(health, context, event)
    const { pending: waiting, set_aside: aside } = JSON.parse(body) as Record<'pending' | 'set_aside', number>
    return waiting + aside
  }
  const pendingAfterCalls = await pending()
  time.forward(HOUR_MS)
  let sentLater = 0
  for (const send of outbox) sentLater += Number(await untilSent(send))
  time.forward(6 * HOUR_MS)
  for (let round = 0; round < ROUNDS; round += 1) {
    const { body, status } = await play(retrySaves, context, event)
    const counts = (status === 200 ? JSON.parse(body) : {}) as Partial<Record<string, unknown>>
    if (counts['complete'] === true && counts['rescued'] === 0 && (await pending()) === 0) break
    time.forward(HOUR_MS / 60)
  }
  return { sentLater, pendingAfterCalls, pendingAtEnd: await pending() }
}

const MOST_SENDS = 10

/** The plugin sends a wrap-up until it has a receipt. */
async function untilSent(send: () => Promise<boolean>): Promise<boolean> {
  for (let at = 0; at < MOST_SENDS; at += 1) if (await send()) return true
  return false
}
