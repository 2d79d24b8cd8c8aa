import { join, resolve } from 'node:path'
import { systemClock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { flexUiScript, interceptScript, isFlexInstalled } from '../flex/bundle.ts'
import { type Desks, openDesks } from '../flex/desks.ts'
import { installPlugin } from '../flex/install-plugin.ts'
import { pluginScript } from '../flex/plugin-script.ts'
import { findRunning, openLocalFolder } from '../system/local-folder.ts'
import { type StartedSystem, startSystem } from '../system/start-system.ts'
import { readArguments } from './arguments.ts'
import { print, runCommand } from './terminal.ts'

const HELP = `npm run flex -- [--local DIR] [--port N]

Opens the real Flex UI on this machine, with the caller context plugin, on the system that npm start runs or on one
that it starts itself. Calls then ring there instead of going to a message. Nothing leaves this machine. The first
time it installs Flex UI: about 950 MB in flex-plugin/node_modules, 1 to 3 minutes. It runs until you press Ctrl-C.

  --local DIR   where the database, keys and logs lie (default .local)
  --port N      port of the first desktop, the others follow (default: free ones)`

const PROJECT_ROOT = resolve(__dirname, '../../..')
const PLUGIN_FOLDER = join(PROJECT_ROOT, 'flex-plugin')
const ORIGINS = {
  build: 'the bundle of flex-plugin build',
  sources: 'made from the sources; npm run plugin:build makes the one to deploy',
} as const

runCommand(async () => {
  const given = readArguments(
    { local: { type: 'string', default: '.local' }, port: { type: 'string' } },
    HELP,
  )
  if (given.help) return print(HELP)
  const ports = portsOf(given.port)
  print('Flex for Caller Memory, on this machine\n')
  const scripts = await prepareScripts()
  const folder = openLocalFolder(resolve(PROJECT_ROOT, given.local))
  const running = findRunning(folder.root)
  const started = running ? undefined : await startSystem({ projectRoot: PROJECT_ROOT, folder, onProgress })
  const system = running ?? started
  if (!system) return
  try {
    const desks = await openDesks({ system, secrets: folder.secrets, ...scripts, clock: systemClock, ports })
    printDesks(desks, running !== undefined)
    await untilStopped(desks, started)
  } finally {
    await started?.stop()
  }
})

function portsOf(given: string | undefined): readonly number[] {
  if (given === undefined) return []
  const first = Number(given)
  if (Number.isInteger(first) && first >= 1_024 && first <= 65_000) return [first, first + 1, first + 2]
  throw new CallerMemoryError(
    'CM_USAGE',
    `--port: got "${given.slice(0, 20)}"; expected a number from 1024 to 65000`,
  )
}

function onProgress(step: string): void {
  print(`  ok  ${step}`)
}

async function prepareScripts(): Promise<
  Pick<Parameters<typeof openDesks>[0], 'plugins' | 'flexUiScript' | 'interceptScript'>
> {
  if (!isFlexInstalled(PLUGIN_FOLDER)) {
    print('  Flex UI is not installed yet. Installing it with the plugin: about 950 MB in')
    print('  flex-plugin/node_modules, 1 to 3 minutes.\n')
    await installPlugin(PLUGIN_FOLDER)
  }
  onProgress('Flex UI and the plugin are installed')
  const plugin = await pluginScript(PLUGIN_FOLDER)
  onProgress(`plugin ready (${ORIGINS[plugin.origin]})`)
  const cacheFolder = join(PROJECT_ROOT, '.local', 'flex')
  const script = await flexUiScript({ pluginFolder: PLUGIN_FOLDER, cacheFolder })
  onProgress('Flex UI bundled')
  return { plugins: [plugin], flexUiScript: script, interceptScript: await interceptScript() }
}

function printDesks({ desks }: Desks, isAttached: boolean): void {
  const lines = desks.map(({ name, roles, url }) => `  ${`${name}, ${roles.join(', ')}`.padEnd(26)}${url}`)
  print(`
Open in a browser:

${lines.join('\n')}

Calls ring at the first agent; set the second one to Available to transfer, or for a second call at once.
Place a call from another terminal:

  npm run call                            you are the caller
  npm run call -- --say "Where is my refund?"

Ctrl-C closes the desktops${isAttached ? '; the system goes on' : ' and stops the system'}.`)
}

async function untilStopped(desks: Desks, started: StartedSystem | undefined): Promise<void> {
  const asked = new Promise<'asked'>((done) => {
    process.once('SIGINT', () => done('asked')).once('SIGTERM', () => done('asked'))
  })
  const lost = desks.floor.lost.then(() => 'lost' as const)
  const end = await Promise.race([asked, lost, ...(started ? [started.partEnded] : [])])
  print(end === 'asked' ? '\nStopping.' : '\nThe local system has ended; closing the desktops.')
  await desks.close()
  if (end !== 'asked') throw new CallerMemoryError('CM_LOCAL_SYSTEM', 'the local system has ended')
}
