import { BUCKETS } from '../store/places.ts'
import { DEFAULT_TENANT, isKeyPrefix, isTenantName, KEY_SCOPES } from '../keys/api-key.ts'
import type { KeyMode, KeyScope } from '../keys/api-key.ts'
import { TENANT_SETTINGS } from '../store/tenant-settings.ts'
import type { TenantSetting } from '../store/tenant-settings.ts'
import { isDays } from '../tenants/change-settings.ts'
import type { SettingsChange } from '../tenants/change-settings.ts'
import { MAX_DAYS } from '../tenants/retention.ts'

import type { ClusterCommand } from './clusters.ts'

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help'; readonly of: string }
  | { readonly kind: 'serve' }
  | { readonly kind: 'migrate' }
  | {
      readonly kind: 'rotate'
      /** Id of a key that is lost: what it sealed is removed. */
      readonly dropKey: string | undefined
    }
  | { readonly kind: 'verify' }
  | { readonly kind: 'sweep'; readonly isDryRun: boolean }
  | { readonly kind: 'backup'; readonly path: string; readonly tombstonesOnly: boolean }
  | {
      readonly kind: 'restore'
      readonly file: string
      /** A backup of the system in use until now, whose erasures are repeated. */
      readonly tombstones: string | undefined
    }
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
  | ClusterCommand
  | { readonly kind: 'set tenant'; readonly tenant: string; readonly change: SettingsChange }

/** What stood on the command line beside the words of a command. */
export interface Given {
  /** Empty for a command that takes none. */
  readonly argument: string
  readonly text: (option: string) => string | undefined
  readonly flag: (option: string) => boolean
}

/** One command: how it is written, what it is for, how its line is read. */
export interface CommandForm {
  readonly words: string
  /** How the help writes the argument that the command needs. */
  readonly argument?: string
  readonly summary: string
  /** By name; one without a value is a flag. */
  readonly options?: Readonly<Record<string, { readonly value?: string; readonly summary: string }>>
  /** The command, or what is wrong with it. */
  readonly read: (given: Given) => Command | string
}

/** Every command, in the order of the help. */
export const COMMAND_FORMS: readonly CommandForm[] = [
  {
    words: 'serve',
    summary: 'run the server (also without a command)',
    read: () => ({ kind: 'serve' }),
  },
  {
    words: 'migrate',
    summary: 'bring the database to the newest schema',
    read: () => ({ kind: 'migrate' }),
  },
  {
    words: 'keys create',
    summary: 'make a key and show it this once',
    options: {
      tenant: { value: '<name>', summary: 'whose key; "default" unless given' },
      live: { summary: 'begin with sk_live_ instead of sk_test_' },
      scopes: { value: '<list>', summary: 'of calls, read, erase, admin; "calls,read" unless given' },
    },
    read: readKeyCreation,
  },
  {
    words: 'keys list',
    summary: 'show the keys: prefix, tenant, scopes, times',
    read: () => ({ kind: 'list keys' }),
  },
  {
    words: 'keys revoke',
    argument: '<prefix>',
    summary: 'let a key in no more, for good',
    read: ({ argument }) =>
      isKeyPrefix(argument)
        ? { kind: 'revoke key', prefix: argument }
        : 'keys revoke takes a prefix as "keys list" shows it',
  },
  {
    words: 'tenants create',
    argument: '<name>',
    summary: 'add a tenant: a small letter, then small letters, digits, hyphens',
    read: ({ argument }) =>
      isTenantName(argument) ? { kind: 'create tenant', tenant: argument } : TENANT_FORM,
  },
  {
    words: 'tenants set',
    argument: '<name>',
    summary: "change how long a tenant's memory keeps what was said",
    options: {
      'variable-ttl-days': { value: '<n>', summary: '1 to 365, or "default" for the setting of the server' },
      'intent-ttl-days': { value: '<n>', summary: '1 to 3650, or "default"' },
    },
    read: readTenantChange,
  },
  {
    words: 'tenants list',
    summary: 'show the tenants',
    read: () => ({ kind: 'list tenants' }),
  },
  {
    words: 'rotate',
    summary: 'encrypt identifiers anew that an older key encrypted; a running server does so by itself',
    options: {
      'drop-key': { value: '<id>', summary: 'remove what a lost key encrypted; the hashes stay' },
    },
    read: ({ text }) => {
      const dropKey = text('drop-key')
      const isKeyId = dropKey === undefined || /^[0-9a-f]{8}$/.test(dropKey)
      return isKeyId ? { kind: 'rotate', dropKey } : 'the id of a key is eight hexadecimal characters'
    },
  },
  {
    words: 'sweep',
    summary: 'remove what is past its time; a running server does so by itself',
    options: { 'dry-run': { summary: 'remove nothing, only count' } },
    read: ({ flag }) => ({ kind: 'sweep', isDryRun: flag('dry-run') }),
  },
  {
    words: 'verify',
    summary: 'check the audit log, the rules between tables, and the database file',
    read: () => ({ kind: 'verify' }),
  },
  {
    words: 'backup',
    argument: '<file>',
    summary: 'write everything to a file, or into a folder, while servers go on',
    options: { 'tombstones-only': { summary: 'only who was forgotten, for restore --tombstones' } },
    read: ({ argument, flag }) => ({
      kind: 'backup',
      path: argument,
      tombstonesOnly: flag('tombstones-only'),
    }),
  },
  {
    words: 'restore',
    argument: '<file>',
    summary: 'bring a backup back, into an empty database only',
    options: {
      tombstones: {
        value: '<file>',
        summary: 'a later backup: whoever was forgotten by then is erased again',
      },
    },
    read: ({ argument, text }) => ({ kind: 'restore', file: argument, tombstones: text('tombstones') }),
  },
  {
    words: 'clusters',
    summary: 'show the clusters of DATABASE_URL: buckets and rows; works beside running servers',
    read: () => ({ kind: 'show clusters' }),
  },
  {
    words: 'rebalance',
    summary: 'spread the buckets evenly over the clusters while servers go on; run it again to go on',
    options: {
      bucket: { value: '<n>', summary: 'move this bucket only, 0 to 255; needs --to' },
      to: { value: '<k>', summary: 'the cluster by its place in DATABASE_URL, from 1' },
      'dry-run': { summary: 'show what would move' },
    },
    read: readRebalance,
  },
]

const TENANT_FORM = 'a tenant is a small letter, then up to 62 small letters, digits or hyphens'

function readKeyCreation({ text, flag }: Given): Command | string {
  const tenant = text('tenant') ?? DEFAULT_TENANT
  if (!isTenantName(tenant)) return TENANT_FORM
  const wanted = (text('scopes') ?? 'calls,read').split(',')
  const scopes = KEY_SCOPES.filter((scope) => wanted.includes(scope))
  if (scopes.length !== wanted.length) {
    return `scopes are ${KEY_SCOPES.join(', ')}, each at most once, separated by commas`
  }
  return { kind: 'create key', tenant, mode: flag('live') ? 'live' : 'test', scopes }
}

function readTenantChange({ argument, text }: Given): Command | string {
  if (!isTenantName(argument)) return TENANT_FORM
  const change: Partial<Record<TenantSetting, number | null>> = {}
  for (const name of TENANT_SETTINGS) {
    const option = name.replaceAll('_', '-')
    const given = text(option)
    if (given === undefined) continue
    const days = given === 'default' ? null : Number(/^\d{1,6}$/.exec(given)?.[0])
    if (days !== null && !isDays(name, days)) {
      return `--${option} takes a number of days from 1 to ${MAX_DAYS[name]}, or "default"`
    }
    change[name] = days
  }
  if (Object.keys(change).length === 0) return 'tenants set takes what to change'
  return { kind: 'set tenant', tenant: argument, change }
}

function readRebalance({ text, flag }: Given): Command | string {
  const isDry = flag('dry-run')
  const bucket = text('bucket')
  const to = text('to')
  if (bucket === undefined && to === undefined) return { kind: 'rebalance', wish: {}, isDry }
  const only = { bucket: wholeNumberOf(bucket), to: wholeNumberOf(to) - 1 }
  const fits = only.bucket < BUCKETS && only.to >= 0
  return fits
    ? { kind: 'rebalance', wish: { only }, isDry }
    : 'rebalance takes --bucket from 0 to 255 and --to from 1, both or neither'
}

function wholeNumberOf(text: string = ''): number {
  return /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
}
