import twilio, { type Twilio } from 'twilio'
import RequestClient from 'twilio/lib/base/RequestClient'
import type Response from 'twilio/lib/http/response'
import { startTwilioApi } from '../../../local-twilio/src/rest/twilio-api.ts'
import type { RunningServer } from '../../../local-twilio/src/http-listen.ts'
import { createFaultRegistry, type FaultRegistry } from '../../../local-twilio/src/faults/registry.ts'
import { createLog } from '../../../src/log.ts'

export const ACCOUNT_SID: string = `AC${'0'.repeat(32)}`
export const AUTH_TOKEN: string = 'f'.repeat(32)

/** Sends what the real client sends for sync.twilio.com to this machine. */
class LocalRequestClient extends RequestClient {
  private readonly api: string

  constructor(api: string) {
    super()
    this.api = api
  }

  override request<T>(options: RequestClient.RequestOptions<T>): Promise<Response<T>> {
    const uri = options.uri.replace('https://sync.twilio.com/', `${this.api}/sync/`)
    return super.request({ ...options, uri })
  }
}

/** The real client library, pointed at the fake API. */
export function localClient(api: string, authToken: string = AUTH_TOKEN): Twilio {
  return twilio(ACCOUNT_SID, authToken, { httpClient: new LocalRequestClient(api) })
}

/** A running fake with a clock that stands still until it is moved. */
export interface LocalApi {
  readonly server: RunningServer
  readonly client: Twilio
  readonly faults: FaultRegistry
  readonly lines: string[]
  readonly advance: (ms: number) => void
}

/** Starts the fake API at 2026-11-20T18:00:00Z. */
export async function startLocalApi(): Promise<LocalApi> {
  let now = Date.UTC(2026, 10, 20, 18)
  const lines: string[] = []
  const faults = createFaultRegistry()
  const server = await startTwilioApi({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    clock: () => new Date(now),
    log: createLog({}, (line) => lines.push(line)),
    faults,
  })
  const advance = (ms: number): void => {
    now += ms
  }
  return { server, client: localClient(server.url), faults, lines, advance }
}
