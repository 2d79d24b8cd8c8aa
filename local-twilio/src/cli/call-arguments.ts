import type { IntentStatus } from '../../../src/contract.ts'
import { parseAni } from '../../../src/caller/ani.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { AgentScript } from '../agent/agent-script.ts'
import { FAULTS, type FaultName, isFaultName } from '../faults/fault-names.ts'
import type { ScriptedAction } from './phone.ts'
import { SCENES } from './scenes.ts'
import { type GivenOption, readArguments } from './arguments.ts'

/** One call, or the demo, as asked for on the command line. */
export interface CallRequest {
  /** As the network presents it: E.164 or a withheld form. Undefined: the command chooses. */
  readonly from?: string
  /** The number dialled, E.164. */
  readonly to: string
  /** What the caller does, in order. Empty: the person at the terminal is the caller, if there is one. */
  readonly actions: readonly ScriptedAction[]
  /** Twilio's raw StirVerstat; undefined when it is not sent. */
  readonly stirVerstat?: string
  readonly fault?: FaultName
  /** What a simulated agent does with the call. Undefined: only who is at a desktop takes it. */
  readonly agent?: AgentScript
  readonly json: boolean
  readonly webhooks: boolean
  readonly demo: boolean
  /** Name of a scene to play instead of one call. */
  readonly scene?: string
  readonly local: string
}

/** How each word of `--stir` looks in the webhook. */
const STIR: Readonly<Record<string, string | undefined>> = {
  A: 'TN-Validation-Passed-A',
  B: 'TN-Validation-Passed-B',
  C: 'TN-Validation-Passed-C',
  failed: 'TN-Validation-Failed',
  absent: undefined,
}

const sceneLines = Object.entries(SCENES).map(
  ([name, { summary }]) => `                  ${name.padEnd(10)}${summary}`,
)

const faultLines = FAULTS.map(({ name, summary }) => `                  ${name.padEnd(20)}${summary}`)

/** Help of `npm run call`. */
export const CALL_HELP: string = `npm run call -- [options]

Places one call and prints what is heard. It uses the system that \`npm start\` runs, or starts one for itself.
Without --say, --press, --code and --hang-up you are the caller: type what you say, or keys.

  --demo          two calls by one person: the second is greeted with what the first was about
  --scene NAME    plays a scene on a system of its own:
${sceneLines.join('\n')}
  --from NUMBER   the calling number: E.164 such as +12025550142, or a withheld form such as anonymous
  --to NUMBER     the number dialled (default +12025550100)
  --say TEXT      says this when asked; may be given several times, in order with --press
  --press KEYS    presses these keys when asked: digits, * and #
  --code          types the one-time code that was texted to the calling number
  --hang-up       hangs up when asked
  --stir WORD     what the network vouches for: A (default), B, C, failed, absent
  --agent         an agent answers, shows what the panel shows, and wraps up once you have said everything
  --agent-note TEXT     the same, and the agent writes this
  --disposition WORD    the same, and the agent says how the matter stands: open, resolved, abandoned
  --close-tab     the same, and the agent closes the tab before the wrap-up is sent
  --transfer      the same, and the agent hands the call over to a second one
  --fault NAME    makes the memory fail for this call:
${faultLines.join('\n')}
  --webhooks      also prints Twilio's requests
  --json          prints the whole call as JSON; with --demo a list of both
  --local DIR     folder of the local system (default .local)`

const OPTIONS = {
  demo: { type: 'boolean', default: false },
  from: { type: 'string' },
  to: { type: 'string', default: '+12025550100' },
  say: { type: 'string', multiple: true },
  press: { type: 'string', multiple: true },
  'hang-up': { type: 'boolean', default: false },
  code: { type: 'boolean', default: false },
  scene: { type: 'string' },
  agent: { type: 'boolean', default: false },
  'agent-note': { type: 'string' },
  disposition: { type: 'string' },
  'close-tab': { type: 'boolean', default: false },
  transfer: { type: 'boolean', default: false },
  stir: { type: 'string', default: 'A' },
  fault: { type: 'string' },
  webhooks: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  local: { type: 'string', default: '.local' },
} as const

/**
 * Reads the command line of `npm run call`. Undefined when help was asked for.
 *
 * @throws CM_USAGE naming the option and what it expects.
 */
export function readCallRequest(args?: readonly string[]): CallRequest | undefined {
  const given = readArguments(OPTIONS, CALL_HELP, args)
  if (given.help) return undefined
  const { to, json, webhooks, demo, local } = given
  const from = given.from === undefined ? undefined : callingNumber(given.from)
  if (parseAni(to).kind !== 'number') throw usage('--to', to, 'a number in E.164, for example +12025550100')
  if (!(given.stir in STIR)) throw usage('--stir', given.stir, `one of ${Object.keys(STIR).join(', ')}`)
  const stirVerstat = STIR[given.stir]
  const agent = agentScript(given)
  const fault = given.fault === undefined ? undefined : faultName(given.fault)
  return {
    ...(from !== undefined && { from }),
    to,
    actions: given.inOrder.flatMap(actionOf),
    ...(stirVerstat && { stirVerstat }),
    ...(fault && { fault }),
    ...(agent && { agent }),
    ...(given.scene !== undefined && { scene: sceneName(given.scene) }),
    json,
    webhooks,
    demo,
    local,
  }
}

function callingNumber(text: string): string {
  if (parseAni(text).kind !== 'unusable') return text
  const expected = 'a number in E.164 such as +12025550142, or a withheld form such as anonymous'
  throw usage('--from', text, expected)
}

interface GivenAgent {
  readonly agent: boolean
  readonly 'agent-note': string | undefined
  readonly disposition: string | undefined
  readonly 'close-tab': boolean
  readonly transfer: boolean
}

function agentScript(given: GivenAgent): AgentScript | undefined {
  const { agent, 'agent-note': note, disposition, 'close-tab': closesTab, transfer: transfers } = given
  if (!agent && note === undefined && disposition === undefined && !closesTab && !transfers) return undefined
  return {
    ...(note !== undefined && { note }),
    ...(disposition !== undefined && { disposition: intentStatus(disposition) }),
    closesTab,
    transfers,
  }
}

function intentStatus(text: string): IntentStatus {
  if (text === 'open' || text === 'resolved' || text === 'abandoned') return text
  throw usage('--disposition', text, 'one of open, resolved, abandoned')
}

function sceneName(text: string): string {
  if (Object.hasOwn(SCENES, text)) return text
  throw usage('--scene', text, `one of ${Object.keys(SCENES).join(', ')}`)
}

function faultName(text: string): FaultName {
  if (isFaultName(text)) return text
  throw usage('--fault', text, `one of ${FAULTS.map(({ name }) => name).join(', ')}`)
}

function actionOf({ name, value = '' }: GivenOption): readonly ScriptedAction[] {
  if (name === 'say') return [{ kind: 'say', text: value }]
  if (name === 'hang-up') return [{ kind: 'hang-up' }]
  if (name === 'code') return [{ kind: 'enter-code' }]
  if (name !== 'press') return []
  if (/^[0-9*#]+$/.test(value)) return [{ kind: 'press', digits: value }]
  throw usage('--press', value, 'keys: digits, * and #')
}

function usage(option: string, got: string, expected: string): CallerMemoryError {
  return new CallerMemoryError('CM_USAGE', `${option}: got "${got.slice(0, 60)}"; expected ${expected}`)
}
