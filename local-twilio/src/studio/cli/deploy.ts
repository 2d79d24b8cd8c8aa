import twilio, { type Twilio } from 'twilio'
import { CallerMemoryError } from '../../../../src/errors.ts'
import { createTwilioHttpClient } from '../../../../src/twilio/rest-client.ts'
import { readArguments } from '../../cli/arguments.ts'
import { print, printNote } from '../../cli/terminal.ts'
import { readTwilioAccount } from '../../config.ts'
import { deployFlow, type StudioProblem, validateFlow } from '../deploy/studio-api.ts'
import { lintFlow } from '../lint/lint-flow.ts'
import { findingLines } from './lint.ts'
import { fillFlow, type LoadedFlow, loadContracts, loadFlow, loadValues } from './load-flow.ts'

const ACCOUNT = `The account is read from TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.`

/** Help of `npm run studio -- validate`. */
export const VALIDATE_HELP: string = `npm run studio -- validate <flow.json> --env NAME

Fills the placeholders and lets Twilio check the flow. Nothing is kept there. ${ACCOUNT}

  --env NAME  a file of values: env/NAME.json beside the flow, or a path`

/** Help of `npm run studio -- deploy`. */
export const DEPLOY_HELP: string = `npm run studio -- deploy <flow.json> --env NAME [--sid FW...] [--publish]

Lints the flow, fills its placeholders and makes a draft of it at Twilio. ${ACCOUNT}

  --env NAME      a file of values: env/NAME.json beside the flow, or a path
  --sid FW...     replaces this flow; without it a new one is made
  --name TEXT     its name (default: its description)
  --message TEXT  what is said of the revision
  --publish       calls get it at once; without it only test users hear it`

/** Lets Twilio check a flow. The exit code. */
export async function validateCommand(file: string, args: readonly string[]): Promise<number> {
  const { env } = readArguments({ env: { type: 'string' } }, VALIDATE_HELP, args)
  const filled = fillFlow(loadFlow(file), valuesOf(file, env))
  const outcome = await validateFlow(connect(), { friendlyName: nameOf(filled), definition: filled.raw })
  if (!outcome.ok) return tellProblems(file, outcome.problems)
  print(`${file}: valid at Twilio`)
  return 0
}

const DEPLOY_OPTIONS = {
  env: { type: 'string' },
  sid: { type: 'string' },
  name: { type: 'string' },
  message: { type: 'string' },
  publish: { type: 'boolean', default: false },
} as const

/** Deploys a flow. What the lint calls an error stops it. The exit code. */
export async function deployCommand(file: string, args: readonly string[]): Promise<number> {
  const { env, sid, name, message, publish } = readArguments(DEPLOY_OPTIONS, DEPLOY_HELP, args)
  if (sid !== undefined && !/^FW[0-9a-f]{32}$/i.test(sid)) {
    throw new CallerMemoryError('CM_USAGE', '--sid: expected FW and 32 hex digits')
  }
  const loaded = loadFlow(file)
  const errors = lintFlow({ ...loaded, contracts: loadContracts(file) }).filter(
    ({ level }) => level === 'error',
  )
  if (errors.length > 0) {
    for (const line of findingLines(file, errors)) print(line)
    return 1
  }
  const filled = fillFlow(loaded, valuesOf(file, env))
  const outcome = await deployFlow(connect(), {
    friendlyName: name ?? nameOf(filled),
    definition: filled.raw,
    publish,
    ...(sid !== undefined && { sid }),
    ...(message !== undefined && { commitMessage: message }),
  })
  if (!outcome.ok) return tellProblems(file, outcome.problems)
  const { sid: made, revision, status, webhookUrl } = outcome.value
  print(`${made}  revision ${revision}  ${status}`)
  print(`a call comes in: ${webhookUrl}`)
  if (!publish) printNote('A draft: test users hear it. Deploy with --publish to let calls through.')
  return 0
}

function valuesOf(file: string, env: string | undefined): ReturnType<typeof loadValues> {
  if (env !== undefined) return loadValues(file, env)
  throw new CallerMemoryError(
    'CM_USAGE',
    '--env: is missing; expected the name of a file of values, for example production',
  )
}

function nameOf({ flow }: LoadedFlow): string {
  return (flow.description ?? 'Caller memory').slice(0, 60)
}

function tellProblems(file: string, problems: readonly StudioProblem[]): number {
  for (const { path, message } of problems) print(`${path}: ${message}`)
  print(`${file}: Twilio refuses it, ${problems.length} problems`)
  return 1
}

function connect(): Twilio {
  const { accountSid, authToken, apiUrl } = readTwilioAccount()
  return twilio(accountSid, authToken, { httpClient: createTwilioHttpClient(apiUrl) })
}
