import type { Twilio } from 'twilio'
import type { CallSessions } from './call/session.ts'
import { systemClock, type Clock } from './clock.ts'
import { type Config, readConfig } from './config.ts'
import type { CallerMemory } from './memory/caller-memory.ts'
import { createCircuitBreaker } from './memory/circuit-breaker.ts'
import { createStickyCallsMemory } from './memory/sticky-calls/sticky-calls-memory.ts'
import { createTwilioHttpClient } from './twilio/rest-client.ts'
import type { RuntimeContext } from './twilio/runtime.ts'
import { createSyncSessions } from './twilio/sync-sessions.ts'
import { CallerMemoryError } from './errors.ts'

/** What a function works with. */
export interface Services {
  readonly config: Config
  readonly clock: Clock
  readonly memory: CallerMemory
  readonly sessions: CallSessions
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
    }
  }
}

function twilioClient(context: RuntimeContext, httpClient: object): Twilio {
  if (context.getTwilioClient) return context.getTwilioClient({ httpClient })
  throw new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'the runtime gave no Twilio client')
}
