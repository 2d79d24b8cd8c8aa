import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { FaultName } from '../../local-twilio/src/faults/fault-names.ts'
import {
  findRunning,
  openLocalFolder,
  type RunningSystem,
} from '../../local-twilio/src/system/local-folder.ts'
import type { AgentMoment, AgentScript } from '../../local-twilio/src/agent/agent-script.ts'
import { placeStaffedCall } from '../../local-twilio/src/agent/staffed-call.ts'
import { phoneCaller, type ScriptedAction } from '../../local-twilio/src/cli/phone.ts'
import type { CallEvent, CallResult, WebhookEvent } from '../../local-twilio/src/voice/events.ts'
import { placeCall } from '../../local-twilio/src/voice/place-call.ts'
import { newSid } from '../../local-twilio/src/sid.ts'
import { systemClock } from '../../src/clock.ts'

const ROOT = resolve(__dirname, '../..')

/** One call to place on a local system under test. */
export interface TestCall {
  readonly from: string
  readonly actions?: readonly ScriptedAction[]
  readonly stirVerstat?: string
  readonly fault?: FaultName
  readonly callSid?: string
  /** What a simulated agent does with the call. */
  readonly agent?: AgentScript
  readonly onEvent?: (event: CallEvent) => void
  readonly onMoment?: (moment: AgentMoment) => void
}

/** A local system under test: the real processes that `npm start` runs. */
export interface LocalSystem extends RunningSystem {
  readonly folder: string
  readonly authToken: string
  readonly accountSid: string
  readonly call: (call: TestCall) => Promise<CallResult>
  /** Everything that its processes have logged, and that the command printed. */
  readonly logs: () => string
  /** The logged lines of one call. A process writes them in its own time: see `eventually`. */
  readonly linesOf: (callSid: string) => readonly string[]
  /** Stops it; the folder stays. */
  readonly stop: () => Promise<void>
}

/** A new folder for a local system. Remove it with `removeFolder`. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'caller-memory-'))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Runs `npm start`'s command on a folder and waits until it says that it is ready. */
export async function startLocalSystem(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<LocalSystem> {
  const child = runCommand('start', ['--local', folder], environment)
  const printed = collect(child)
  await untilPrinted(child, printed, 'Ready in')
  const running = findRunning(folder)
  if (!running) throw new Error('the system is ready but left no note of itself')
  const { accountSid, authToken } = openLocalFolder(folder).secrets
  const system = { ...running, folder, accountSid, authToken }
  const logs = (): string => printed.text() + readLogs(folder)
  return {
    ...system,
    call: (call) => callThrough(system, call),
    logs,
    linesOf: (callSid) =>
      logs()
        .split('\n')
        .filter((line) => line.includes(callSid)),
    stop: () => stopProcess(child),
  }
}

/** Starts one of the project's commands as a process of its own. */
export function runCommand(
  command: 'start' | 'call' | 'reset',
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const script = join(ROOT, `local-twilio/src/cli/${command}.ts`)
  return spawn(process.execPath, ['--require', 'tsx/cjs', script, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** The end of a command: what it printed on each stream, and its exit code. */
export async function finish(
  child: ChildProcess,
): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number | null }> {
  const [stdout, stderr] = [collectStream(child.stdout), collectStream(child.stderr)]
  const exitCode = await new Promise<number | null>((done) => child.once('close', done))
  return { stdout: stdout(), stderr: stderr(), exitCode }
}

/** The webhooks of a call, in order. */
export function webhooksOf({ events }: CallResult): readonly WebhookEvent[] {
  return events.flatMap((event) => (event.kind === 'webhook' ? [event] : []))
}

/** What the caller heard said, in order. */
export function heardIn({ events }: CallResult): readonly string[] {
  return events.flatMap((event) => (event.kind === 'say' ? [event.text] : []))
}

async function callThrough(
  system: RunningSystem & { readonly accountSid: string; readonly authToken: string },
  { from, actions = [], stirVerstat, fault, callSid = newSid('CA'), agent, onEvent, onMoment }: TestCall,
): Promise<CallResult> {
  if (fault) await registerFault(system, callSid, fault)
  const call = {
    voiceUrl: `${system.functionsUrl}/identify-caller`,
    statusCallbackUrl: `${system.functionsUrl}/call-status#rc=1&rp=4xx,5xx,ct,rt`,
    from,
    to: '+12025550100',
    callSid,
    accountSid: system.accountSid,
    authToken: system.authToken,
    caller: phoneCaller(actions, () => readCode(system, from)),
    clock: systemClock,
    ...(stirVerstat && { stirVerstat }),
    ...(onEvent && { onEvent }),
  }
  if (!agent) return placeCall(call)
  const { functionsUrl } = system
  return placeStaffedCall({
    call,
    script: agent,
    api: system,
    functionsUrl,
    onMoment: onMoment ?? (() => {}),
  })
}

async function readCode(
  { twilioApiUrl, accountSid, authToken }: Pick<LocalSystem, 'twilioApiUrl' | 'accountSid' | 'authToken'>,
  number: string,
): Promise<string | undefined> {
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  const headers = { authorization: `Basic ${credentials}` }
  const answer = await fetch(`${twilioApiUrl}/_local/codes/${encodeURIComponent(number)}`, { headers })
  return answer.ok ? ((await answer.json()) as { code: string }).code : undefined
}

async function registerFault(
  { twilioApiUrl, accountSid, authToken }: Pick<LocalSystem, 'twilioApiUrl' | 'accountSid' | 'authToken'>,
  callSid: string,
  fault: FaultName,
): Promise<void> {
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  const answer = await fetch(`${twilioApiUrl}/_local/faults`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
    body: JSON.stringify({ call_sid: callSid, fault }),
  })
  if (answer.status !== 204) throw new Error(`the fault was refused with ${answer.status}`)
}

function readLogs(folder: string): string {
  const log = join(folder, 'log')
  return readdirSync(log)
    .map((name) => readFileSync(join(log, name), 'utf8'))
    .join('\n')
}

interface Printed {
  readonly text: () => string
}

function collect(child: ChildProcess): Printed {
  const [stdout, stderr] = [collectStream(child.stdout), collectStream(child.stderr)]
  return { text: () => stdout() + stderr() }
}

function collectStream(stream: ChildProcess['stdout']): () => string {
  const chunks: Buffer[] = []
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}

function untilPrinted(child: ChildProcess, printed: Printed, sign: string): Promise<void> {
  return new Promise((done, reject) => {
    child.stdout?.on('data', () => {
      if (printed.text().includes(sign)) done()
    })
    child.once('exit', () => reject(new Error(`the command ended early:\n${printed.text()}`)))
  })
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once('close', done))
  child.kill('SIGTERM')
  await ended
}
