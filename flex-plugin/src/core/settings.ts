import { crmLink } from './crm-link.ts'

/**
 * Where the panel is shown: instead of the CRM, above it, as a tab of flex-project-template's enhanced CRM container,
 * as a tab of the task, or nowhere.
 */
export type Slot = 'crm' | 'crm-add' | 'crm-tab' | 'tab' | 'off'

/** A language that the plugin's words come in. */
export type Language = 'en' | 'es'

/** An outcome that an agent may pick at wrap-up. */
export interface Disposition {
  readonly value: string
  readonly label: string
}

/** How the plugin is set up, from `custom_data.caller_context` of the Flex configuration. */
export interface Settings {
  readonly slot: Slot
  /** Whether supervisors see the panel in the Teams view. */
  readonly supervisor: boolean
  /** Whether a ringing call is selected at once. Takes the focus away from a live call, hence off by default. */
  readonly popOnRing: boolean
  /** Origin of the Functions, without a slash at the end; undefined when none is set. */
  readonly functionsOrigin: string | undefined
  readonly crmUrl: string | undefined
  /** Hosts that the CRM link may lead to. The template's own host unless given. */
  readonly crmHosts: readonly string[]
  /** undefined: those that the plugin brings, in its language. */
  readonly dispositions: readonly Disposition[] | undefined
  /** undefined follows Flex. */
  readonly language: Language | undefined
}

/** Settings, and what was wrong with those given: each problem names the field and the expected form. */
export interface SettingsReading {
  readonly settings: Settings
  readonly problems: readonly string[]
}

const KNOWN: ReadonlySet<string> = new Set([
  'slot',
  'supervisor',
  'pop_on_ring',
  'functions_domain',
  'crm_url',
  'crm_hosts',
  'dispositions',
  'language',
])
const MAX_DISPOSITIONS = 30

type Parse<T> = (value: unknown) => T | undefined

/** Reads `custom_data.caller_context`. A bad value is reported and its default taken; nothing throws. */
export function readSettings(raw: unknown, builtInFunctionsDomain?: string): SettingsReading {
  const problems: string[] = []
  const given = isRecord(raw) ? raw : {}
  if (raw !== undefined && raw !== null && !isRecord(raw)) problems.push('caller_context: expected an object')
  const read = <T>(name: string, expected: string, fallback: T, parse: Parse<T>): T => {
    const value = given[name]
    if (value === undefined || value === null || value === '') return fallback
    const parsed = parse(value)
    if (parsed === undefined) problems.push(`${name}: expected ${expected}`)
    return parsed ?? fallback
  }
  for (const name of Object.keys(given)) {
    if (!KNOWN.has(name)) problems.push(`${name}: is not a setting; known are ${[...KNOWN].join(', ')}`)
  }
  const crmUrl = read<string | undefined>(
    'crm_url',
    'an https address such as https://crm.example.com/{customer_ref}',
    undefined,
    crmTemplate,
  )
  const builtIn = builtInFunctionsDomain ? originOf(builtInFunctionsDomain) : undefined
  const crmHosts = read('crm_hosts', 'a list of host names', crmUrl ? [new URL(crmUrl).host] : [], hostsOf)
  const sample = { customer_ref: 'x', call_sid: 'x' }
  if (crmUrl !== undefined && crmLink(crmUrl, crmHosts, sample) === undefined) {
    problems.push('crm_url: expected an address on one of crm_hosts')
  }
  const settings: Settings = {
    slot: read<Slot>('slot', 'crm, crm-add, crm-tab, tab or off', 'crm', slotOf),
    supervisor: read('supervisor', 'true or false', true, booleanOf),
    popOnRing: read('pop_on_ring', 'true or false', false, booleanOf),
    functionsOrigin: read(
      'functions_domain',
      'a domain such as caller-memory-1234.twil.io',
      builtIn,
      originOf,
    ),
    crmUrl,
    crmHosts,
    dispositions: read<readonly Disposition[] | undefined>(
      'dispositions',
      `a list of 1 to ${MAX_DISPOSITIONS} {value, label}`,
      undefined,
      dispositionsOf,
    ),
    language: read<Language | undefined>('language', 'en or es', undefined, languageOf),
  }
  return { settings, problems }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const SLOTS: readonly string[] = ['crm', 'crm-add', 'crm-tab', 'tab', 'off'] satisfies readonly Slot[]

const slotOf: Parse<Slot> = (value) => SLOTS.find((slot) => slot === value) as Slot | undefined

const languageOf: Parse<Language> = (value) => (value === 'en' || value === 'es' ? value : undefined)

const booleanOf: Parse<boolean> = (value) => {
  if (typeof value === 'boolean') return value
  if (value === 'true') return true
  return value === 'false' ? false : undefined
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1)$/

/** A bare domain means https. Plain http is taken for this machine only. */
const originOf: Parse<string> = (value) => {
  if (typeof value !== 'string') return undefined
  try {
    const url = new URL(value.includes('://') ? value : `https://${value}`)
    const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))
    return isSafe && url.pathname === '/' && url.username === '' ? url.origin : undefined
  } catch {
    return undefined
  }
}

const crmTemplate: Parse<string> = (value) => {
  if (typeof value !== 'string') return undefined
  try {
    return new URL(value).protocol === 'https:' ? value : undefined
  } catch {
    return undefined
  }
}

const hostsOf: Parse<readonly string[]> = (value) =>
  Array.isArray(value) && value.every((host) => typeof host === 'string') ? value : undefined

const dispositionsOf: Parse<readonly Disposition[]> = (value) => {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_DISPOSITIONS) return undefined
  const list: readonly unknown[] = value
  return list.every(isDisposition) ? list : undefined
}

function isDisposition(value: unknown): value is Disposition {
  if (!isRecord(value)) return false
  return typeof value['value'] === 'string' && typeof value['label'] === 'string'
}
