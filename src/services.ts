import type { Twilio } from 'twilio'
import type { PendingSaves } from './call/saving/pending-saves.ts'
import { createSealer, type Sealer } from './call/saving/seal.ts'
import type { CallSessions } from './call/session.ts'
import { systemClock, type Clock } from './clock.ts'
import { type Config, readConfig } from './config.ts'
import type { CallerMemory } from './memory/caller-memory.ts'
import { createCircuitBreaker } from './memory/circuit-breaker.ts'
import { createStickyCallsMemory } from './memory/sticky-calls/sticky-calls-memory.ts'
import { createTwilioHttpClient } from './twilio/rest-client.ts'
import type { RuntimeContext } from './twilio/runtime.ts'
import { createSyncPendingSaves } from './twilio/sync-pending-saves.ts'
import { createSyncSessions } from './twilio/sync-sessions.ts'
import { CallerMemoryError } from './errors.ts'

/** What a function works with. */
export interface Services {
  readonly config: Config
  readonly clock: Clock
  readonly memory: CallerMemory
  readonly sessions: CallSessions
  readonly pending: PendingSaves
  readonly sealer: Sealer
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * Makes the builder of a function's services. The circuit breaker and the connections to Twilio live as
 * long as the builder: in a warm container, over many calls.
 */
export function createServiceBuilder(clock: Clock = systemClock): (context: RuntimeContext) => Services {
  const breaker = createCircuitBreaker({ clock })
  const httpClients = new Map<string | undefined, ReturnType<typeof createTwilioHttpClient>>()
  return (context) => {
    const config = readConfig(context)
    const httpClient = httpClients.get(config.twilioApiUrl) ?? createTwilioHttpClient(config.twilioApiUrl)
    httpClients.set(config.twilioApiUrl, httpClient)
    return {
      config,
      clock,
      memory: createStickyCallsMemory({
        baseUrl: config.stickyCallsApiUrl,
        apiKey: config.stickyCallsApiKey,
        timeoutMs: config.memoryTimeoutMs,
        breaker,
        clock,
      }),
      sessions: createSyncSessions({
        client: () => twilioClient(context, httpClient),
        serviceSid: config.syncServiceSid,
        ttlSeconds: config.sessionTtlSeconds,
      }),
      pending: createSyncPendingSaves({
        client: () => twilioClient(context, httpClient),
        serviceSid: config.syncServiceSid,
      }),
      sealer: createSealer(config.saveEncryptionKeys),
      random: Math.random,
    }
  }
}

function twilioClient(context: RuntimeContext, httpClient: object): Twilio {
  if (context.getTwilioClient) return context.getTwilioClient({ httpClient })
  throw new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'the runtime gave no Twilio client')
}
