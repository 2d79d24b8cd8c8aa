import { CallerMemoryError } from '../../../../src/errors.ts'
import { type GivenOption, readArguments } from '../../cli/arguments.ts'
import type { CallerAction } from '../../voice/caller.ts'
import type { AssumedAnswers } from '../engine/open-questions.ts'
import { assumptionProblem } from '../engine/run-end.ts'

/** One run of a flow, as asked for on the command line. */
export interface RunRequest {
  readonly from: string
  readonly to: string
  readonly actions: readonly CallerAction[]
  /** The event of a widget that somebody else decides. */
  readonly outcomes: ReadonlyMap<string, string>
  readonly hangUpAt?: string
  readonly assumed: AssumedAnswers
  /** Which file of placeholder values is used. */
  readonly env: string
  /** Addresses that requests may go to, beside the local system. */
  readonly allowed: readonly string[]
  readonly json: boolean
  readonly local: string
}

/** Help of `npm run studio -- run`. */
export const RUN_HELP = `npm run studio -- run <flow.json> [options]

Runs a voice flow with one caller and prints what happened. \${FUNCTIONS_URL} and \${MEMORY_URL} become the local
system: the one that \`npm start\` runs, or one that is started for this run. Requests go nowhere else unless allowed.
Where Twilio does not document what happens, the run stops and says so. Exit code 0: the flow ended by itself or the
caller hung up, 1: it stopped, 2: no flow.

  --from NUMBER            the calling number (default +12025550142)
  --to NUMBER              the number dialled (default +12025550100)
  --say TEXT, --press KEYS, --silent, --hang-up   what the caller does, in order
  --hang-up-at WIDGET      the caller hangs up while this widget runs
  --outcome WIDGET=EVENT   what becomes of a queue, a transfer or a message, for example flex_known=failedToEnqueue
  --assume QUESTION=ANSWER what to assume where Twilio documents nothing
  --env NAME               placeholder values (default example): env/NAME.json beside the flow, or a path
  --allow ADDRESS          also send requests to this address, for example http://127.0.0.1:3000
  --json                   prints the run as JSON
  --local DIR              folder of the local system (default .local)`

const OPTIONS = {
  from: { type: 'string', default: '+12025550142' },
  to: { type: 'string', default: '+12025550100' },
  say: { type: 'string', multiple: true },
  press: { type: 'string', multiple: true },
  silent: { type: 'boolean', multiple: true },
  'hang-up': { type: 'boolean', default: false },
  'hang-up-at': { type: 'string' },
  outcome: { type: 'string', multiple: true },
  assume: { type: 'string', multiple: true },
  env: { type: 'string', default: 'example' },
  allow: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  local: { type: 'string', default: '.local' },
} as const

/**
 * Reads the options of a run.
 *
 * @throws CM_USAGE
 */
export function readRunRequest(args: readonly string[]): RunRequest {
  const given = readArguments(OPTIONS, RUN_HELP, args)
  const assumed = Object.fromEntries(pairs('--assume', given.assume))
  const problem = assumptionProblem(assumed)
  if (problem) throw new CallerMemoryError('CM_USAGE', `--assume ${problem}`)
  const hangUpAt = given['hang-up-at']
  return {
    from: given.from,
    to: given.to,
    actions: given.inOrder.flatMap(actionOf),
    outcomes: new Map(pairs('--outcome', given.outcome)),
    ...(hangUpAt !== undefined && { hangUpAt }),
    assumed,
    env: given.env,
    allowed: given.allow ?? [],
    json: given.json,
    local: given.local,
  }
}

function pairs(option: string, texts: readonly string[] = []): readonly (readonly [string, string])[] {
  return texts.map((text) => {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? []
    if (name !== undefined && value !== undefined) return [name, value] as const
    throw new CallerMemoryError('CM_USAGE', `${option}: got "${text.slice(0, 60)}"; expected NAME=VALUE`)
  })
}

function actionOf({ name, value = '' }: GivenOption): readonly CallerAction[] {
  switch (name) {
    case 'say':
      return [{ kind: 'say', text: value }]
    case 'press':
      return [{ kind: 'press', digits: value }]
    case 'silent':
      return [{ kind: 'silent' }]
    case 'hang-up':
      return [{ kind: 'hang-up' }]
    default:
      return []
  }
}
