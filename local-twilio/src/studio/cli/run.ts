import { resolve } from 'node:path'
import { print, printNote } from '../../cli/terminal.ts'
import { newSid } from '../../sid.ts'
import { findRunning, openLocalFolder, type RunningSystem } from '../../system/local-folder.ts'
import { startSystem } from '../../system/start-system.ts'
import { scriptedCaller } from '../../voice/caller.ts'
import { createFlowHttp, type FlowHttp } from '../engine/http.ts'
import { type FlowRun, runFlow } from '../engine/run-flow.ts'
import { storyOf } from '../engine/story.ts'
import { placeholdersIn } from '../render-flow.ts'
import { fillFlow, type LoadedFlow, loadFlow, loadValues } from './load-flow.ts'
import { readRunRequest, type RunRequest } from './run-arguments.ts'

const PROJECT_ROOT = resolve(__dirname, '../../../..')

/** Runs a flow once and prints what happened. The exit code. */
export async function runCommand(file: string, args: readonly string[]): Promise<number> {
  const request = readRunRequest(args)
  const loaded = loadFlow(file)
  const names = placeholdersIn(loaded.raw)
  const needsSystem = names.includes('FUNCTIONS_URL') || names.includes('MEMORY_URL')
  const run = needsSystem ? await runOnSystem(loaded, request) : await runAlone(loaded, request)
  if (request.json) print(JSON.stringify({ ...run, taken: [...run.taken] }, null, 2))
  else for (const line of storyOf(run)) print(line)
  return run.end.kind === 'finished' || run.end.kind === 'hung-up' ? 0 : 1
}

async function runOnSystem(loaded: LoadedFlow, request: RunRequest): Promise<FlowRun> {
  const folder = openLocalFolder(resolve(PROJECT_ROOT, request.local))
  const { authToken, memoryApiKey } = folder.secrets
  const work = (system: RunningSystem): Promise<FlowRun> => {
    const memory = system.memoryUrl.replace('://', `://studio:${memoryApiKey}@`)
    const here = { FUNCTIONS_URL: system.functionsUrl, MEMORY_URL: memory }
    const flow = fillFlow(loaded, { ...loadValues(loaded.file, request.env), ...here })
    return place(flow, request, guarded([system.functionsUrl, memory, ...request.allowed], authToken))
  }
  const running = findRunning(folder.root)
  if (running) return work(running)
  printNote('No system is running: starting one for this run.')
  const system = await startSystem({ projectRoot: PROJECT_ROOT, folder, onProgress: () => {} })
  try {
    return await work(system)
  } finally {
    await system.stop()
  }
}

async function runAlone(loaded: LoadedFlow, request: RunRequest): Promise<FlowRun> {
  const isPlain = placeholdersIn(loaded.raw).length === 0
  const flow = isPlain ? loaded : fillFlow(loaded, loadValues(loaded.file, request.env))
  return place(flow, request, guarded(request.allowed))
}

function place({ flow }: LoadedFlow, request: RunRequest, http: FlowHttp): Promise<FlowRun> {
  const { from, to, actions, outcomes, hangUpAt, assumed } = request
  return runFlow({
    flow,
    trigger: {
      event: 'incomingCall',
      call: { CallSid: newSid('CA'), From: from, To: to, CallStatus: 'ringing', Direction: 'inbound' },
    },
    caller: scriptedCaller(actions),
    http,
    assumed,
    ...(hangUpAt !== undefined && { hangUpAt }),
    outside: ({ widget }) => {
      const event = outcomes.get(widget)
      return event === undefined ? undefined : { event }
    },
  })
}

/** Lets requests go to these addresses only: a flow by others must not reach out by being tried. */
function guarded(addresses: readonly string[], authToken?: string): FlowHttp {
  const send = createFlowHttp({ ...(authToken && { authToken }) })
  return async (request) =>
    addresses.some((address) => request.url === address || request.url.startsWith(`${address}/`))
      ? send(request)
      : { kind: 'failed', why: 'unreachable' }
}
