import type { Clock } from '../../../src/clock.ts'
import type { RunningServer } from '../http-listen.ts'
import type { LocalSecrets, RunningSystem } from '../system/local-folder.ts'
import type { FlexUser } from './account.ts'
import type { FloorWorker } from './floor.ts'
import { type FlexPluginFile, startFlexServer } from './flex-server.ts'
import { attachToFloor, type RemoteFloor } from './remote-floor.ts'

/** What desktops are made of. */
export interface DeskOptions {
  readonly system: RunningSystem
  readonly secrets: LocalSecrets
  readonly plugins: readonly FlexPluginFile[]
  readonly flexUiScript: string
  readonly interceptScript: string
  /** `custom_data.caller_context` of the Flex configuration, beside the address of the functions. */
  readonly pluginSettings?: Readonly<Record<string, unknown>>
  readonly clock: Clock
  /** Ports of the desktops, in their order; free ones unless given. */
  readonly ports?: readonly number[]
}

/** One person's desktop. */
export interface Desk {
  readonly name: string
  readonly roles: readonly string[]
  readonly workerSid: string
  /** Where to open it. */
  readonly url: string
}

/** The desktops of everybody on the floor. */
export interface Desks {
  readonly desks: readonly Desk[]
  readonly floor: RemoteFloor
  readonly close: () => Promise<void>
}

/**
 * Opens a desktop for everybody on the floor of a running system. From then on calls ring there, and until `close`.
 *
 * @throws CM_LOCAL_SYSTEM when the system does not answer, or a port cannot be had.
 */
export async function openDesks(options: DeskOptions): Promise<Desks> {
  const { system, secrets, ports = [] } = options
  const floor = await attachToFloor({ ...secrets, twilioApiUrl: system.twilioApiUrl })
  const servers: RunningServer[] = []
  const close = async (): Promise<void> => {
    floor.close()
    for (const server of servers) await server.close()
  }
  try {
    const desks: Desk[] = []
    for (const [place, worker] of floor.workers().entries()) {
      const person = personOf(worker)
      const server = await startDesk(options, floor, { ...person, port: ports[place] ?? 0 })
      servers.push(server)
      const view = person.roles.includes('supervisor') ? 'teams' : 'agent-desktop'
      desks.push({ ...person, url: `${server.url}/${view}` })
    }
    await floor.staff(servers.map(({ url }) => url))
    return { desks, floor, close }
  } catch (error) {
    await close()
    throw error
  }
}

type Person = Omit<Desk, 'url'>

function personOf({ workerSid, friendlyName, attributes }: FloorWorker): Person {
  const { full_name: name = friendlyName, roles = [] } = JSON.parse(attributes) as {
    readonly full_name?: string
    readonly roles?: readonly string[]
  }
  return { name, roles, workerSid }
}

async function startDesk(
  { system, plugins, flexUiScript, interceptScript, pluginSettings, clock }: DeskOptions,
  floor: RemoteFloor,
  { name, roles, workerSid, port }: Person & { readonly port: number },
): Promise<RunningServer> {
  const { queueSid, workflowSid, activities } = floor.opening
  const token = await floor.signIn(workerSid, roles)
  const user: FlexUser = { workerSid, identity: identityOf(name), roles, token }
  return startFlexServer({
    floor,
    user,
    title: `Flex: ${name}`,
    account: {
      offlineActivitySid: activities.at(-1)?.activitySid ?? '',
      queueSid,
      workflowSid,
      customData: { caller_context: { functions_domain: system.functionsUrl, ...pluginSettings } },
      functionsUrl: system.functionsUrl,
    },
    plugins,
    flexUiScript,
    interceptScript,
    clock,
    port,
  })
}

// Flex writes what is no letter or digit of a name as "_" and its code.
function identityOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z\d]/g, (sign) => `_${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
