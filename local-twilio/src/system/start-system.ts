import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CallFlow } from '../../../src/voice/call-flow.ts'
import { readConfig } from '../../../src/config.ts'
import { type Environment, readDeveloperSettings } from '../config.ts'
import { type Child, startChild } from './child.ts'
import { forgetRunning, type LocalFolder, noteRunning, type RunningSystem } from './local-folder.ts'
import type { TwilioOptions } from './twilio.ts'

export interface StartSystemOptions {
  readonly projectRoot: string
  readonly folder: LocalFolder
  /** Told each step as it is done. */
  readonly onProgress: (step: string) => void
  /** Changes the call flow for this system, and only there. */
  readonly changeFlow?: (flow: CallFlow) => CallFlow
  /** The functions' settings; those of `.env` and the shell unless given. */
  readonly settings?: Environment
}

/** A system that this process started. */
export interface StartedSystem extends RunningSystem {
  /** Resolves with its title when a part ends by itself. */
  readonly partEnded: Promise<string>
  readonly stop: () => Promise<void>
}

/**
 * Starts everything that a call needs: the memory server on its database, the functions as they are in
 * functions/ now, and the stand-in for Twilio.
 *
 * @throws CM_CONFIG_INVALID, CM_LOCAL_SYSTEM
 */
export async function startSystem(options: StartSystemOptions): Promise<StartedSystem> {
  const { projectRoot, folder, onProgress } = options
  const environment = functionsEnvironment(options)
  onProgress('configuration read')
  const built = withChangedFlow(buildFunctions(projectRoot), options)
  onProgress('functions built')
  const memoryServer = startMemoryServer(projectRoot, folder)
  try {
    const memoryUrl = await memoryServer.ready(memoryServerUrl)
    onProgress(`memory server ready, its database in ${folder.database}`)
    const twilio = startTwilioChild({ ...built, environment, projectRoot, memoryUrl }, folder)
    const urls = await twilio.ready(twilioUrls).catch(async (error: unknown) => {
      await twilio.stop()
      throw error
    })
    onProgress('Twilio ready')
    return assemble(folder, { pid: process.pid, memoryUrl, ...urls }, memoryServer, twilio)
  } catch (error) {
    await memoryServer.stop()
    throw error
  }
}

function assemble(
  folder: LocalFolder,
  system: RunningSystem,
  memoryServer: Child,
  twilio: Child,
): StartedSystem {
  noteRunning(folder, system)
  return {
    ...system,
    partEnded: Promise.race([
      memoryServer.ended.then(() => 'the memory server'),
      twilio.ended.then(() => 'Twilio'),
    ]),
    stop: async () => {
      forgetRunning(folder)
      await twilio.stop()
      await memoryServer.stop()
    },
  }
}

// Every service of the right form exists at the stand-in for Twilio.
const LOCAL_VERIFY_SERVICE = `VA${'0'.repeat(32)}`

function functionsEnvironment({ projectRoot, folder, settings }: StartSystemOptions): Record<string, string> {
  const given = settings ?? readDeveloperSettings(projectRoot)
  const environment = {
    VERIFY_SERVICE_SID: LOCAL_VERIFY_SERVICE,
    ...given,
    STICKY_CALLS_API_KEY: folder.secrets.memoryApiKey,
    SAVE_ENCRYPTION_KEYS: folder.secrets.saveEncryptionKey,
    RETRY_SECRET: folder.secrets.retrySecret,
  }
  readConfig(environment)
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value ?? '']))
}

interface BuiltFunctions {
  readonly functionsFolder: string
  readonly assetsFolder: string
}

/** Builds as the Serverless Toolkit does, by loading its configuration file. */
function buildFunctions(projectRoot: string): BuiltFunctions {
  return require(join(projectRoot, '.twilioserverlessrc.js')) as BuiltFunctions
}

/** With the assets in the system's folder, changed; the built ones are what gets deployed and stay as they are. */
function withChangedFlow(
  built: BuiltFunctions,
  { projectRoot, folder, changeFlow }: StartSystemOptions,
): BuiltFunctions {
  if (!changeFlow) return built
  const assetsFolder = join(folder.root, 'assets')
  cpSync(resolve(projectRoot, built.assetsFolder), assetsFolder, { recursive: true })
  const file = join(assetsFolder, 'call-flow.private.json')
  const flow = JSON.parse(readFileSync(file, 'utf8')) as CallFlow
  writeFileSync(file, JSON.stringify(changeFlow(flow)))
  return { ...built, assetsFolder }
}

function startMemoryServer(projectRoot: string, folder: LocalFolder): Child {
  return startChild({
    title: 'the memory server',
    script: join(projectRoot, 'memory-server/src/main.ts'),
    logFile: folder.log('memory-server'),
    environment: {
      MEMORY_SERVER_PORT: '0',
      RATE_LIMIT_PER_MINUTE: 'none',
      MEMORY_SERVER_DATABASE: folder.database,
      DATABASE_URL: 'none',
      MEMORY_SERVER_API_KEYS: folder.secrets.memoryApiKey,
      MEMORY_SERVER_HASH_KEY: folder.secrets.memoryHashKey,
      MEMORY_SERVER_ENCRYPTION_KEYS: folder.secrets.memoryEncryptionKey,
    },
  })
}

function startTwilioChild(
  options: Omit<TwilioOptions, 'accountSid' | 'authToken'>,
  { secrets, log }: LocalFolder,
): Child {
  const { accountSid, authToken } = secrets
  const message: TwilioOptions = { ...options, accountSid, authToken }
  const script = join(__dirname, 'twilio-child.ts')
  return startChild({ title: 'Twilio', script, environment: {}, logFile: log('functions'), message })
}

function memoryServerUrl(line: string): string | undefined {
  const port = /"memory server listening".*"port":(\d+)/.exec(line)?.[1]
  return port && `http://127.0.0.1:${port}`
}

function twilioUrls(line: string): Pick<RunningSystem, 'functionsUrl' | 'twilioApiUrl'> | undefined {
  const [, functionsUrl, twilioApiUrl] = /"twilio listening (\S+) (\S+)"/.exec(line) ?? []
  return functionsUrl && twilioApiUrl ? { functionsUrl, twilioApiUrl } : undefined
}
