import { resolve } from 'node:path'
import type { CallResult } from '../voice/events.ts'
import { findRunning, openLocalFolder } from '../system/local-folder.ts'
import { startSystem } from '../system/start-system.ts'
import { CALL_HELP, type CallRequest, readCallRequest } from './call-arguments.ts'
import { createDialer, type Dialer } from './dialer.ts'
import { DEMO, fictionalNumber } from './demo.ts'
import { print, printNote, runCommand } from './terminal.ts'

const PROJECT_ROOT = resolve(__dirname, '../../..')
const DEFAULT_CALLER = '+12025550142'

runCommand(async () => {
  const request = readCallRequest()
  if (!request) return print(CALL_HELP)
  const folder = openLocalFolder(resolve(PROJECT_ROOT, request.local))
  const running = findRunning(folder.root)
  if (running) return placeCalls(request, createDialer(running, folder.secrets))
  printNote('No system is running: starting one for this call.\n')
  const system = await startSystem({ projectRoot: PROJECT_ROOT, folder, onProgress: () => {} })
  try {
    await placeCalls(request, createDialer(system, folder.secrets))
  } finally {
    await system.stop()
  }
})

async function placeCalls(request: CallRequest, dial: Dialer): Promise<void> {
  if (request.demo) return placeDemo(request, dial)
  const from = request.from ?? DEFAULT_CALLER
  const result = await dial({ ...request, from, title: `Call from ${from}` })
  if (request.json) printJson(result)
}

async function placeDemo(request: CallRequest, dial: Dialer): Promise<void> {
  const from = request.from ?? fictionalNumber()
  const results: CallResult[] = []
  for (const { title, actions } of DEMO) {
    results.push(await dial({ ...request, from, actions, title }))
    if (!request.json) print('')
  }
  if (request.json) printJson(results)
}

function printJson(result: CallResult | readonly CallResult[]): void {
  print(JSON.stringify(result, null, 2))
}
