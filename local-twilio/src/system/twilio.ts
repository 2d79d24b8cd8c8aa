import type { Clock } from '../../../src/clock.ts'
import { createFaultRegistry } from '../faults/registry.ts'
import { startFaultProxy } from '../faults/fault-proxy.ts'
import { startFunctions } from '../functions/functions-server.ts'
import { startTwilioApi } from '../rest/twilio-api.ts'
import { createFloorHost } from './floor-host.ts'
import type { Log } from '../../../src/log.ts'

/** What the stand-in for Twilio runs with. Plain values: it crosses a process border. */
export interface TwilioOptions {
  readonly projectRoot: string
  readonly functionsFolder: string
  readonly assetsFolder: string
  readonly accountSid: string
  readonly authToken: string
  /** Address of the memory server; the functions reach it through a proxy that can make it fail. */
  readonly memoryUrl: string
  /** The functions' environment variables, without those that are made here. */
  readonly environment: Readonly<Record<string, string>>
}

/** Twilio on this machine. */
export interface LocalTwilio {
  readonly functionsUrl: string
  readonly twilioApiUrl: string
  readonly close: () => Promise<void>
}

/** Starts the REST API, the fault proxy and the functions, each on a free port of 127.0.0.1. */
export async function startTwilio(
  options: TwilioOptions & { readonly clock: Clock; readonly log: Log },
): Promise<LocalTwilio> {
  const { accountSid, authToken, memoryUrl, clock, log } = options
  const registry = createFaultRegistry()
  const env = { ...options.environment, ACCOUNT_SID: accountSid, AUTH_TOKEN: authToken }
  const floor = createFloorHost(env)
  const api = await startTwilioApi({ accountSid, authToken, clock, log, faults: registry, floor })
  const memory = await startFaultProxy({ target: memoryUrl, registry, clock })
  Object.assign(env, { STICKY_CALLS_API_URL: memory.url, TWILIO_API_URL: api.url })
  const { projectRoot, functionsFolder, assetsFolder } = options
  const functions = await startFunctions({
    projectRoot,
    functionsFolder,
    assetsFolder,
    env,
    clock,
    log,
  })
  floor.functionsReady(functions.url)
  return {
    functionsUrl: functions.url,
    twilioApiUrl: api.url,
    close: async () => {
      await functions.close()
      await Promise.all([memory.close(), api.close()])
    },
  }
}
