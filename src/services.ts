import type { Twilio } from 'twilio'
import type { PendingSaves } from './call/saving/pending-saves.ts'
import { createSealer, type Sealer } from './call/saving/seal.ts'
import type { BeginCallOptions } from './call/begin-call.ts'
import { type CallerLines, findEarlierCall } from './call/earlier-call.ts'
import type { CallSessions } from './call/session.ts'
import { systemClock, type Clock } from './clock.ts'
import { type Config, readConfig } from './config.ts'
import type { CallerMemory } from './memory/caller-memory.ts'
import type { CustomerMemory } from './memory/customer-memory.ts'
import { type CircuitBreaker, createCircuitBreaker } from './memory/circuit-breaker.ts'
import { createStickyCallsCustomers } from './memory/sticky-calls/sticky-calls-customers.ts'
import { createStickyCallsMemory } from './memory/sticky-calls/sticky-calls-memory.ts'
import { createFlexTokens, type FlexTokens, type TokenCache } from './twilio/flex-tokens.ts'
import { createTwilioHttpClient } from './twilio/rest-client.ts'
import type { RuntimeContext } from './twilio/runtime.ts'
import { createSyncLines } from './twilio/sync-lines.ts'
import { createSyncPendingSaves } from './twilio/sync-pending-saves.ts'
import { createTaskCalls, type TaskCalls } from './twilio/task-call.ts'
import { createSyncSessions } from './twilio/sync-sessions.ts'
import { createLog } from './log.ts'
import type { LookupCache } from './twilio/lookup.ts'
import { localKey, lookUpWith, verifyingWith, type Verifying } from './twilio/verifying.ts'
import { loadCallFlow } from './twilio/call-flow-asset.ts'
import type { CallFlow } from './voice/call-flow.ts'
import { routingVariables } from './voice/route-call.ts'
import { speakerFor } from './voice/speaker.ts'
import { CallerMemoryError } from './errors.ts'

/** What a function works with. */
export interface Services {
  readonly config: Config
  readonly clock: Clock
  readonly memory: CallerMemory
  readonly customers: CustomerMemory
  readonly sessions: CallSessions
  readonly lines: CallerLines
  readonly pending: PendingSaves
  readonly sealer: Sealer
  readonly flexTokens: FlexTokens
  readonly tasks: TaskCalls
  /** From 0 to 1. */
  readonly random: () => number
  /** What callers hear and where calls go. */
  readonly flow: CallFlow
  /** How a call begins. */
  readonly begin: BeginCallOptions
  /** How the caller of a call is verified. */
  readonly verifying: Verifying
}

/**
 * Makes the builder of a function's services. The call flow, the circuit breaker and the connections to Twilio live as
 * long as the builder: in a warm container, over many calls.
 */
export function createServiceBuilder(clock: Clock = systemClock): (context: RuntimeContext) => Services {
  const breaker = createCircuitBreaker({ clock })
  const cache: LookupCache = new Map()
  let flow: CallFlow | undefined
  const httpClients = new Map<string | undefined, TwilioHttpClient>()
  const tokenCache: TokenCache = new Map()
  return (context) => {
    const config = readConfig(context)
    const httpClient = httpClients.get(config.twilioApiUrl) ?? createTwilioHttpClient(config.twilioApiUrl)
    httpClients.set(config.twilioApiUrl, httpClient)
    flow ??= readFlow()
    const memories = memoryServices(config, breaker, clock)
    const client = (): Twilio => twilioClient(context, httpClient)
    const hashKey = localKey(context)
    const lookups = lookUpWith(config, { client, cache, clock, hashKey })
    const kept = syncServices(config, client, hashKey)
    const sealer = createSealer(config.saveEncryptionKeys)
    const { memory } = memories
    const findEarlier = earlierCallsOf(config, { ...kept, clock })
    const parts = { memory, clock, sealer, findEarlier, ...lookups }
    const begin = beginOptions(config, flow, parts)
    return {
      config,
      clock,
      flow,
      begin,
      verifying: verifyingWith(config, begin, { client, key: hashKey }),
      ...memories,
      ...kept,
      sealer,
      flexTokens: createFlexTokens({ httpClient, ...credentialsOf(context), clock, cache: tokenCache }),
      tasks: createTaskCalls({ client, workspaceSid: config.workspaceSid }),
      random: Math.random,
    }
  }
}

function beginOptions(
  config: Config,
  flow: CallFlow,
  parts: Pick<BeginCallOptions, 'memory' | 'clock' | 'lookUp' | 'wasReassigned' | 'findEarlier' | 'sealer'>,
): BeginCallOptions {
  return {
    ...parts,
    thresholds: {
      recognized: config.recognizedFrom,
      likely: config.likelyFrom,
      possible: config.possibleFrom,
    },
    timeoutMs: config.memoryTimeoutMs,
    firstVariables: routingVariables(flow),
    languageOf: (remembered) => speakerFor(flow, remembered).tag,
  }
}

function readFlow(): CallFlow {
  const { flow, isBuiltIn } = loadCallFlow()
  if (isBuiltIn) createLog()('warn', 'call flow taken from the build', { code: 'CM_CALL_FLOW_UNREADABLE' })
  return flow
}

type TwilioHttpClient = ReturnType<typeof createTwilioHttpClient>

function memoryServices(
  config: Config,
  breaker: CircuitBreaker,
  clock: Clock,
): Pick<Services, 'memory' | 'customers'> {
  const options = {
    baseUrl: config.stickyCallsApiUrl,
    apiKey: config.stickyCallsApiKey,
    timeoutMs: config.memoryTimeoutMs,
    breaker,
    clock,
  }
  return { memory: createStickyCallsMemory(options), customers: createStickyCallsCustomers(options) }
}

// Of the time for the memory, which is asked meanwhile: so little is not heard when the memory is down.
const EARLIER_SHARE = 0.35

function earlierCallsOf(
  { memoryTimeoutMs }: Config,
  ports: Pick<Services, 'sessions' | 'lines' | 'clock'>,
): NonNullable<BeginCallOptions['findEarlier']> {
  const timeoutMs = memoryTimeoutMs * EARLIER_SHARE
  return (e164, callSid) => findEarlierCall(e164, callSid, { ...ports, timeoutMs })
}

function syncServices(
  { syncServiceSid: serviceSid, sessionTtlSeconds: ttlSeconds }: Config,
  client: () => Twilio,
  hashKey: string,
): Pick<Services, 'sessions' | 'pending' | 'lines'> {
  const options = { client, serviceSid }
  return {
    sessions: createSyncSessions({ ...options, ttlSeconds }),
    lines: createSyncLines({ ...options, ttlSeconds, hashKey }),
    pending: createSyncPendingSaves(options),
  }
}

function credentialsOf(context: RuntimeContext): { readonly accountSid: string; readonly authToken: string } {
  return { accountSid: textOf(context['ACCOUNT_SID']), authToken: textOf(context['AUTH_TOKEN']) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function twilioClient(context: RuntimeContext, httpClient: object): Twilio {
  if (context.getTwilioClient) return context.getTwilioClient({ httpClient })
  throw new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'the runtime gave no Twilio client')
}
