import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readDeveloperSettings } from '../config.ts'
import type { CallResult } from '../voice/events.ts'
import { findRunning, openLocalFolder } from '../system/local-folder.ts'
import { startSystem } from '../system/start-system.ts'
import { CALL_HELP, type CallRequest, readCallRequest } from './call-arguments.ts'
import { createDialer, type Dialer, type DialRequest } from './dialer.ts'
import { type Scene, type SceneCall, SCENES } from './scenes.ts'
import { DEMO, fictionalNumber } from './demo.ts'
import { print, printNote, runCommand } from './terminal.ts'

const PROJECT_ROOT = resolve(__dirname, '../../..')
const DEFAULT_CALLER = '+12025550142'

runCommand(async () => {
  const request = readCallRequest()
  if (!request) return print(CALL_HELP)
  if (request.scene !== undefined) return playScene(request, SCENES[request.scene])
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

/** Plays a scene on a system of its own, whose memory is empty and gone afterwards. */
async function playScene(request: CallRequest, scene: Scene | undefined): Promise<void> {
  if (!scene) return
  const root = mkdtempSync(join(tmpdir(), 'caller-memory-scene-'))
  const folder = openLocalFolder(root)
  const settings = { ...readDeveloperSettings(PROJECT_ROOT), ...scene.settings }
  const { changeFlow } = scene
  const options = { projectRoot: PROJECT_ROOT, folder, settings, onProgress: () => {} }
  const system = await startSystem({ ...options, ...(changeFlow && { changeFlow }) })
  try {
    const dial = createDialer(system, folder.secrets)
    await placeInTurn(request, dial, scene.calls.map(callOfScene))
  } finally {
    await system.stop()
    rmSync(root, { recursive: true, force: true })
  }
}

/** The network vouches for the caller unless the scene says otherwise. */
function callOfScene({ stirVerstat = 'TN-Validation-Passed-A', ...call }: SceneCall): PlannedCall {
  return { ...call, stirVerstat: stirVerstat ?? undefined }
}

type PlannedCall = Pick<DialRequest, 'title' | 'actions' | 'agent'> & {
  readonly stirVerstat?: string | undefined
}

async function placeDemo(request: CallRequest, dial: Dialer): Promise<void> {
  const { stirVerstat } = request
  await placeInTurn(
    request,
    dial,
    DEMO.map(({ title, actions }) => ({ title, actions, stirVerstat })),
  )
}

/** Places calls by one person, one after the other. */
async function placeInTurn(request: CallRequest, dial: Dialer, calls: readonly PlannedCall[]): Promise<void> {
  const from = request.from ?? fictionalNumber()
  const results: CallResult[] = []
  for (const { stirVerstat, ...call } of calls) {
    const { stirVerstat: _, ...rest } = request
    results.push(await dial({ ...rest, from, ...call, ...(stirVerstat && { stirVerstat }) }))
    if (!request.json) print('')
  }
  if (request.json) printJson(results)
}

function printJson(result: CallResult | readonly CallResult[]): void {
  print(JSON.stringify(result, null, 2))
}
