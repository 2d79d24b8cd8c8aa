import twilio, { type Twilio } from 'twilio'
import { createFaultRegistry } from '../../local-twilio/src/faults/registry.ts'
import { createServiceFaults, type ServiceFaults } from '../../local-twilio/src/faults/service-faults.ts'
import { startTwilioApi } from '../../local-twilio/src/rest/twilio-api.ts'
import type { Clock } from '../../src/clock.ts'
import { createTwilioHttpClient } from '../../src/twilio/rest-client.ts'
import type { RuntimeContext } from '../../src/twilio/runtime.ts'
import { SEAL_KEY } from './saving.ts'

const accountSid = `AC${'0'.repeat(32)}`
const authToken = 'f'.repeat(32)

/** Twilio's REST API as functions meet it, with the environment that lets them. */
export interface ContactCentre {
  readonly apiUrl: string
  readonly client: Twilio
  readonly faults: ServiceFaults
  readonly context: RuntimeContext
  /** Signs somebody in to Flex. */
  readonly token: (roles?: readonly string[], ttlSeconds?: number) => Promise<string>
  readonly close: () => Promise<void>
}

export interface ContactCentreOptions {
  readonly memoryUrl: string
  readonly memoryKey: string
  readonly clock: Clock
  /** Further settings of the functions. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts the fakes, and makes the context that the runtime would give to a function. */
export async function startContactCentre(options: ContactCentreOptions): Promise<ContactCentre> {
  const { memoryUrl, memoryKey, clock, settings = {} } = options
  const faults = createServiceFaults()
  const silent = { log: (): void => {}, faults: createFaultRegistry(), serviceFaults: faults }
  const api = await startTwilioApi({ accountSid, authToken, clock, ...silent })
  const httpClient = createTwilioHttpClient(api.url)
  const client = twilio(accountSid, authToken, { httpClient })
  return {
    apiUrl: api.url,
    client,
    faults,
    context: {
      ACCOUNT_SID: accountSid,
      AUTH_TOKEN: authToken,
      STICKY_CALLS_API_URL: memoryUrl,
      STICKY_CALLS_API_KEY: memoryKey,
      TWILIO_API_URL: api.url,
      SAVE_ENCRYPTION_KEYS: SEAL_KEY,
      RETRY_SECRET: 'a-secret-for-tests',
      ...settings,
      getTwilioClient: (more) => twilio(accountSid, authToken, more),
    },
    token: async (roles = ['agent'], ttlSeconds = 600) => {
      const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
      const answer = await fetch(`${api.url}/_local/flex-tokens`, {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
        body: JSON.stringify({ worker_sid: `WK${'1'.repeat(32)}`, roles, ttl_seconds: ttlSeconds }),
      })
      return ((await answer.json()) as { token: string }).token
    },
    close: api.close,
  }
}
