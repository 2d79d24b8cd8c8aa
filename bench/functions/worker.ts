import { createFaultRegistry } from '../../local-twilio/src/faults/registry.ts'
import { startFaultProxy } from '../../local-twilio/src/faults/fault-proxy.ts'
import { startFunctions } from '../../local-twilio/src/functions/functions-server.ts'
import { startTwilioApi } from '../../local-twilio/src/rest/twilio-api.ts'
import { systemClock } from '../../src/clock.ts'
import { answerTask } from '../support/worker-process.ts'
import type { BuiltFolder } from './build.ts'
import { type HeardCall, hearCalls } from './hear-calls.ts'
import { type Timings, timeRounds } from './time-rounds.ts'

/** What the worker is told. */
export interface FunctionsTask {
  readonly built: Omit<BuiltFolder, 'remove'>
  readonly memoryUrl: string
  readonly apiKey: string
  /** `warm`: rounds of requests. Else the fault that the memory has for every call. */
  readonly mode: 'warm' | 'memory-slow' | 'memory-down'
  readonly rounds: number
}

/** What it found. */
export interface FunctionsResult {
  readonly timings?: Timings
  readonly ours?: readonly HeardCall[]
  readonly theirs?: readonly HeardCall[]
}

const ACCOUNT_SID = `AC${'0'.repeat(32)}`
const AUTH_TOKEN = 'f'.repeat(32)

answerTask((task) => run(task as FunctionsTask))

async function run({ built, memoryUrl, apiKey, mode, rounds }: FunctionsTask): Promise<FunctionsResult> {
  const faults = createFaultRegistry()
  const account = { accountSid: ACCOUNT_SID, authToken: AUTH_TOKEN }
  const silent = { clock: systemClock, log: (): void => {} }
  const api = await startTwilioApi({ ...account, ...silent, faults })
  const memory = await startFaultProxy({ target: memoryUrl, registry: faults, clock: systemClock })
  const env = {
    ACCOUNT_SID,
    AUTH_TOKEN,
    STICKY_CALLS_API_URL: memory.url,
    STICKY_CALLS_API_KEY: apiKey,
    TWILIO_API_URL: api.url,
    SAVE_ENCRYPTION_KEYS: 'a1'.repeat(32),
  }
  const functions = await startFunctions({ ...built, ...silent, env })
  const place = { ...account, functionsUrl: functions.url, memoryUrl: memory.url, apiKey }
  const found =
    mode === 'warm'
      ? { timings: await timeRounds(place, rounds) }
      : await hearCalls(place, (callSid) => faults.register(callSid, mode))
  await Promise.all([functions.close(), memory.close(), api.close()])
  return found
}
