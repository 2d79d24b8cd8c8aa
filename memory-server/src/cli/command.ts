import { parseArgs } from 'node:util'
import { CallerMemoryError } from '../../../src/errors.ts'
import { DEFAULT_TENANT, isKeyPrefix, isTenantName, KEY_SCOPES } from '../keys/api-key.ts'
import type { KeyMode, KeyScope } from '../keys/api-key.ts'

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'serve' }
  | { readonly kind: 'migrate' }
  | { readonly kind: 'list keys' }
  | { readonly kind: 'list tenants' }
  | {
      readonly kind: 'create key'
      readonly tenant: string
      readonly mode: KeyMode
      readonly scopes: readonly KeyScope[]
    }
  | { readonly kind: 'revoke key'; readonly prefix: string }
  | { readonly kind: 'create tenant'; readonly tenant: string }

/** The text of `--help`. */
export const HELP = `npm run memory-server -- <command>

  serve                      run the server (also without a command)
  migrate                    bring the database to the newest schema
  keys create                make a key and show it this once
    --tenant <name>            whose key; "default" unless given
    --live                     begin with sk_live_ instead of sk_test_
    --scopes <list>            of calls, read, erase, admin; "calls,read" unless given
  keys list                  show the keys: prefix, tenant, scopes, times
  keys revoke <prefix>       let a key in no more, for good
  tenants create <name>      add a tenant: a small letter, then small letters, digits, hyphens
  tenants list               show the tenants

Settings come from the environment; docs/configuration.md describes them. Except for serve, a command works on the
database file directly: stop the server first.
`

/**
 * Reads the command line.
 *
 * @throws CM_USAGE with the help text when it makes no sense.
 */
export function readCommand(args: readonly string[]): Command {
  const { words, help, ...given } = parse(args)
  if (help) return { kind: 'help' }
  const [group = 'serve', action = '', name = '', ...rest] = words
  if (rest.length > 0) throw usage()
  if (group === 'keys' && action === 'create' && name === '') return readKeyCreation(given)
  if (given.live || given.tenant !== undefined || given.scopes !== undefined) {
    throw usage('only keys create takes options')
  }
  return readPlainCommand(group, action, name)
}

function readKeyCreation({ tenant, live, scopes }: Pick<Parsed, 'tenant' | 'live' | 'scopes'>): Command {
  return {
    kind: 'create key',
    tenant: readTenant(tenant ?? DEFAULT_TENANT),
    mode: live ? 'live' : 'test',
    scopes: readScopes(scopes),
  }
}

function readPlainCommand(group: string, action: string, name: string): Command {
  switch (`${group} ${action} ${name === '' ? '' : '*'}`.trim()) {
    case 'serve':
      return { kind: 'serve' }
    case 'migrate':
      return { kind: 'migrate' }
    case 'keys list':
      return { kind: 'list keys' }
    case 'tenants list':
      return { kind: 'list tenants' }
    case 'tenants create *':
      return { kind: 'create tenant', tenant: readTenant(name) }
    case 'keys revoke *':
      if (isKeyPrefix(name)) return { kind: 'revoke key', prefix: name }
      throw usage('keys revoke takes a prefix as "keys list" shows it')
    default:
      throw usage()
  }
}

interface Parsed {
  readonly words: readonly string[]
  readonly tenant: string | undefined
  readonly scopes: string | undefined
  readonly live: boolean
  readonly help: boolean
}

function parse(args: readonly string[]): Parsed {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        tenant: { type: 'string' },
        scopes: { type: 'string' },
        live: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const { tenant, scopes, live, help } = values
    return { words: positionals, tenant, scopes, live, help }
  } catch {
    throw usage('there is no such option, or its value is missing')
  }
}

function readTenant(name: string): string {
  if (isTenantName(name)) return name
  throw usage('a tenant is a small letter, then up to 62 small letters, digits or hyphens')
}

function readScopes(list: string = 'calls,read'): KeyScope[] {
  const wanted = list.split(',')
  const scopes = KEY_SCOPES.filter((scope) => wanted.includes(scope))
  if (scopes.length === wanted.length) return scopes
  throw usage(`scopes are ${KEY_SCOPES.join(', ')}, each at most once, separated by commas`)
}

function usage(reason: string = 'there is no such command'): CallerMemoryError {
  return new CallerMemoryError('CM_USAGE', `${reason}\n\n${HELP}`)
}
