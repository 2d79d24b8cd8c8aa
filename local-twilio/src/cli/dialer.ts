import { systemClock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import { placeStaffedCall } from '../agent/staffed-call.ts'
import { agentsOf } from '../flex/agents.ts'
import { basicAuth } from '../flex/local-lines.ts'
import type { FaultName } from '../faults/fault-names.ts'
import type { LocalSecrets, RunningSystem } from '../system/local-folder.ts'
import type { Caller } from '../voice/caller.ts'
import type { CallOptions } from '../voice/call-options.ts'
import type { CallResult } from '../voice/events.ts'
import { placeCall } from '../voice/place-call.ts'
import { newSid } from '../sid.ts'
import { createTranscript, renderEntry } from '../voice/transcript.ts'
import type { CallRequest } from './call-arguments.ts'
import { type CodeReader, phoneCaller, withTextMessages } from './phone.ts'
import { print } from './terminal.ts'
import { terminalCaller } from './terminal-caller.ts'

/** A call to place, with the caller's number chosen and a heading for its transcript. */
export type DialRequest = CallRequest & { readonly from: string; readonly title: string }

/** Places one call and prints its transcript, unless JSON was asked for. */
export type Dialer = (request: DialRequest) => Promise<CallResult>

/** Makes a dialer for a running system. */
export function createDialer(system: RunningSystem, secrets: LocalSecrets): Dialer {
  return async (request) => {
    const callSid = newSid('CA')
    if (request.fault) await setFault(system, secrets, callSid, request.fault)
    const readCode = (): ReturnType<CodeReader> => readCodeOf(system, secrets, request.from)
    const { caller, release } = callerFor(request, readCode)
    const transcript = createTranscript({ webhooks: request.webhooks })
    if (!request.json) print(request.title)
    try {
      return await place(request, system, secrets, {
        voiceUrl: `${system.functionsUrl}/identify-caller`,
        statusCallbackUrl: `${system.functionsUrl}/call-status#rc=5&rp=4xx,5xx,ct,rt`,
        from: request.from,
        to: request.to,
        callSid,
        accountSid: secrets.accountSid,
        authToken: secrets.authToken,
        ...(request.stirVerstat && { stirVerstat: request.stirVerstat }),
        caller,
        clock: systemClock,
        onEvent: (event) => {
          if (request.json) return
          for (const line of transcript(event)) print(line)
        },
      })
    } finally {
      release()
      // From now on the memory takes what it could not: the save of this call lands when its turn comes.
      if (request.fault) await setFault(system, secrets, callSid, 'none')
    }
  }
}

/** To whoever is at the floor of the system, or to simulated agents where the request has a part for them. */
function place(
  { agent, json }: DialRequest,
  { twilioApiUrl, functionsUrl }: RunningSystem,
  secrets: LocalSecrets,
  call: CallOptions,
): Promise<CallResult> {
  const api = { ...secrets, twilioApiUrl }
  if (!agent) return placeCall({ ...call, agents: agentsOf(api) })
  return placeStaffedCall({
    call,
    script: agent,
    api,
    functionsUrl,
    onMoment: (moment) => {
      if (!json) for (const line of renderEntry(moment)) print(line)
    },
  })
}

function callerFor(
  { actions, json }: DialRequest,
  readCode: CodeReader,
): { caller: Caller; release: () => void } {
  const interactive = actions.length === 0 && !json && process.stdin.isTTY && process.stdout.isTTY
  if (!interactive) return { caller: phoneCaller(actions, readCode), release: () => {} }
  const caller = terminalCaller()
  return { caller: withTextMessages(caller, readCode, printTextMessage), release: caller.close }
}

function printTextMessage(code: string): void {
  print(`  Phone    a text message: your code is ${code}`)
}

/** The code that was texted to a number last, as only the stand-in for Twilio tells it. */
async function readCodeOf(
  { twilioApiUrl }: RunningSystem,
  secrets: LocalSecrets,
  number: string,
): Promise<string | undefined> {
  const answer = await fetch(`${twilioApiUrl}/_local/codes/${encodeURIComponent(number)}`, {
    headers: { Authorization: basicAuth(secrets) },
    signal: AbortSignal.timeout(2_000),
  })
  return answer.ok ? ((await answer.json()) as { code: string }).code : undefined
}

async function setFault(
  { twilioApiUrl }: RunningSystem,
  secrets: LocalSecrets,
  callSid: string,
  fault: FaultName | 'none',
): Promise<void> {
  const answer = await fetch(`${twilioApiUrl}/_local/faults`, {
    method: 'POST',
    headers: {
      Authorization: basicAuth(secrets),
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ call_sid: callSid, fault }),
    signal: AbortSignal.timeout(2_000),
  })
  if (answer.ok) return
  throw new CallerMemoryError('CM_LOCAL_SYSTEM', `the running system refused the fault (${answer.status})`)
}
