import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { SETTINGS } from '../../src/config.ts'
import { CallerMemoryError } from '../../src/errors.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The functions' settings as a developer has set them: those of `.env`, then those of the shell, which win.
 * The names are those of docs/configuration.md; everything else in the shell stays out of the functions.
 */
export function readDeveloperSettings(projectRoot: string, shell: Environment = process.env): Environment {
  const file = join(projectRoot, '.env')
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  const names = Object.values(SETTINGS).map(({ name }) => name)
  const fromShell = names.flatMap((name) => (shell[name] === undefined ? [] : [[name, shell[name]] as const]))
  return { ...fromFile, ...Object.fromEntries(fromShell) }
}

/** The environment of a child process: the shell's, without npm's own variables, plus `extra`. */
export function childEnvironment(extra: Environment, shell: Environment = process.env): Environment {
  const inherited = Object.entries(shell).filter(([name]) => !name.startsWith('npm_'))
  return { ...Object.fromEntries(inherited), ...extra }
}

/** A Twilio account, and where its REST API is when not at Twilio. */
export interface TwilioAccount {
  readonly accountSid: string
  readonly authToken: string
  readonly apiUrl: string | undefined
}

/**
 * Reads the account that commands work on from the shell.
 *
 * @throws CM_USAGE when it is not there.
 */
export function readTwilioAccount(shell: Environment = process.env): TwilioAccount {
  const {
    TWILIO_ACCOUNT_SID: accountSid = '',
    TWILIO_AUTH_TOKEN: authToken = '',
    TWILIO_API_URL: apiUrl,
  } = shell
  if (!/^AC[0-9a-f]{32}$/i.test(accountSid) || authToken === '') {
    throw new CallerMemoryError(
      'CM_USAGE',
      'set TWILIO_ACCOUNT_SID (AC and 32 hex digits) and TWILIO_AUTH_TOKEN',
    )
  }
  return { accountSid, authToken, apiUrl: apiUrl === '' ? undefined : apiUrl }
}
