import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { CallerMemoryError } from '../../../src/errors.ts'
import { findRunning, openLocalFolder, type RunningSystem } from '../system/local-folder.ts'
import { countWaitingSaves, keepRetrying, type WaitingSaves } from '../system/scheduler.ts'
import { type StartedSystem, startSystem } from '../system/start-system.ts'
import { readArguments } from './arguments.ts'
import { print, runCommand } from './terminal.ts'

const HELP = `npm start -- [--local DIR]

Starts caller memory on this machine: the memory server on its database, your functions, and a stand-in for
Twilio that calls them. It runs until you press Ctrl-C.

  --local DIR   where the database, keys and logs lie (default .local)`

const PROJECT_ROOT = resolve(__dirname, '../../..')

runCommand(async () => {
  const { help, local } = readArguments({ local: { type: 'string', default: '.local' } }, HELP)
  if (help) return print(HELP)
  const root = resolve(PROJECT_ROOT, local)
  const running = findRunning(root)
  const startedAt = performance.now()
  const folder = openLocalFolder(root)
  if (running) {
    const waiting = describeWaiting(await countWaitingSaves(running, folder.secrets))
    return print(`Already running (process ${running.pid}). ${waiting}\n\n${addresses(running)}`)
  }
  print('Caller Memory for Twilio, on this machine\n')
  const system = await startSystem({ projectRoot: PROJECT_ROOT, folder, onProgress: printStep })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  print(`\nReady in ${seconds} s.\n\n${addresses(system)}`)
  const scheduler = keepRetrying(system, folder.secrets, (waiting) => print(describeWaiting(waiting)))
  try {
    await untilStopped(system)
  } finally {
    scheduler.stop()
  }
})

function describeWaiting(waiting: WaitingSaves | undefined): string {
  if (!waiting) return 'How many saves wait is not known.'
  const { pending, set_aside: aside } = waiting
  const rest = aside > 0 ? `, ${aside} set aside for a person` : ''
  if (pending === 0) return `No save waits for the memory${rest}.`
  return `${pending} ${pending === 1 ? 'save waits' : 'saves wait'} for the memory${rest}.`
}

function printStep(step: string): void {
  print(`  ok  ${step}`)
}

function addresses({ functionsUrl, twilioApiUrl, memoryUrl }: RunningSystem): string {
  return [
    `  functions      ${functionsUrl}/identify-caller`,
    `  Twilio's API   ${twilioApiUrl}`,
    `  memory server  ${memoryUrl}`,
    '',
    'Place a call from another terminal:',
    '',
    '  npm run call              you are the caller',
    '  npm run call -- --demo    two calls by the same person',
    '',
    'Ctrl-C stops everything.',
  ].join('\n')
}

async function untilStopped(system: StartedSystem): Promise<void> {
  const asked = new Promise<undefined>((done) => {
    process.once('SIGINT', () => done(undefined)).once('SIGTERM', () => done(undefined))
  })
  const ended = await Promise.race([asked, system.partEnded])
  print(ended ? `\n${ended} ended by itself; stopping the rest.` : '\nStopping.')
  await system.stop()
  if (ended) throw new CallerMemoryError('CM_LOCAL_SYSTEM', `${ended} ended by itself`)
}
