import { listOf, matching, readSettings, wholeNumber } from '../../src/settings.ts'
import type { Parsed, SettingsTable } from '../../src/settings.ts'
import { redactionPatterns } from './redaction/patterns.ts'
import type { RedactionPattern } from './redaction/patterns.ts'
import { postgresUrl } from './store/postgres-url.ts'

/** The settings of the memory server. */
export interface MemoryServerConfig {
  readonly host: string
  /** TCP port; 0 takes any free one. */
  readonly port: number
  readonly database: string
  /** Address of a PostgreSQL database to use instead of the file. */
  readonly databaseUrl: string | undefined
  /** Whether statements on PostgreSQL are named. */
  readonly preparedStatements: boolean
  readonly apiKeys: readonly string[]
  readonly hashKey: string
  readonly encryptionKeys: readonly string[]
  readonly variableTtlDays: number
  readonly intentTtlDays: number
  readonly eventRetentionDays: number | undefined
  readonly redactPatterns: readonly RedactionPattern[]
  readonly retainCallsDays: number | undefined
  readonly retainAnswersDays: number | undefined
  readonly retainIntentsDays: number | undefined
  readonly retainCustomersDays: number | undefined
  readonly retainAuditDays: number | undefined
  readonly sweepEveryHours: number | undefined
  readonly rateLimitPerMinute: number | undefined
  readonly monthlyQuota: number | undefined
  /** Whether the description of the API is served. */
  readonly docs: boolean
}

/** Everything that is known of each setting. */
export const MEMORY_SERVER_SETTINGS: SettingsTable<MemoryServerConfig> = {
  host: {
    name: 'MEMORY_SERVER_HOST',
    parse: matching(/^[A-Za-z0-9.:_-]+$/),
    expected: 'a host name or an IP address to listen on',
    example: '127.0.0.1',
    defaultText: '127.0.0.1',
    summary: 'Address on which the memory server listens.',
  },
  port: {
    name: 'MEMORY_SERVER_PORT',
    parse: wholeNumber(0, 65_535),
    expected: 'a port number from 0 to 65535 (0 takes any free port)',
    example: '4010',
    defaultText: '4010',
    summary: 'TCP port on which the memory server listens.',
  },
  database: {
    name: 'MEMORY_SERVER_DATABASE',
    parse: matching(/^[^\0]+$/),
    expected: 'the path of a file',
    example: '.local/memory.db',
    defaultText: '.local/memory.db',
    summary: 'Database file of the memory server; made when it does not exist.',
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    parse: postgresUrl,
    expected:
      'none, or postgres://user:password@host:port/database, several hosts separated by commas, several clusters by spaces',
    example: 'postgres://memory:secret@db1.internal:5432,db2.internal:5432/memory',
    defaultText: 'none',
    secret: true,
    summary:
      'PostgreSQL database to use instead of the file; of several hosts, the one that can write; of several clusters, each its share.',
  },
  preparedStatements: {
    name: 'PG_PREPARE',
    parse: onOrOff,
    expected: 'on or off',
    example: 'off',
    defaultText: 'on',
    summary: 'Whether PostgreSQL keeps the plans of statements; off for PgBouncer before 1.21.',
  },
  apiKeys: {
    name: 'MEMORY_SERVER_API_KEYS',
    parse: listOf(/^[A-Za-z0-9_-]{32,}$/),
    expected: 'none, or keys separated by commas, each of at least 32 letters, digits, _ or -',
    example: 'replace-this-by-32-random-characters-or-more',
    defaultText: 'none',
    secret: true,
    summary:
      'Keys that are let in as the tenant default with every scope; needed while the database holds no key.',
  },
  hashKey: {
    name: 'MEMORY_SERVER_HASH_KEY',
    parse: matching(/^[0-9a-fA-F]{64}$/),
    expected: '64 hexadecimal characters, as "openssl rand -hex 32" prints them',
    example: '7f0c5a3e9b1d4826f7a0c3e5b9d1482670fa3c5e9b1d8246a7f0c3e5d9b18264',
    secret: true,
    summary: 'Key under which phone numbers and external ids are hashed; never change it for a database.',
  },
  encryptionKeys: {
    name: 'MEMORY_SERVER_ENCRYPTION_KEYS',
    parse: listOf(/^[0-9a-fA-F]{64}$/),
    expected: 'none, or keys separated by commas, each of 64 hexadecimal characters',
    example: 'c3a19d5e7f204b68c3a19d5e7f204b68c3a19d5e7f204b68c3a19d5e7f204b68',
    defaultText: 'none',
    secret: true,
    summary:
      'Keys under which numbers and external ids are kept readable: the first encrypts, all decrypt; without one only hashes are kept.',
  },
  variableTtlDays: {
    name: 'VARIABLE_TTL_DAYS',
    parse: wholeNumber(1, 365),
    expected: 'a whole number of days from 1 to 365',
    example: '30',
    defaultText: '30',
    summary: 'How many days a variable is remembered after it was last written; a tenant may have its own.',
  },
  intentTtlDays: {
    name: 'INTENT_TTL_DAYS',
    parse: wholeNumber(1, 3650),
    expected: 'a whole number of days from 1 to 3650',
    example: '90',
    defaultText: '90',
    summary: 'How many days an intent stays open after a call last named it; a tenant may have its own.',
  },
  eventRetentionDays: {
    name: 'EVENT_RETENTION_DAYS',
    parse: orNone(wholeNumber(1, 365)),
    expected: 'none, or a whole number of days from 1 to 365',
    example: '7',
    defaultText: '7',
    summary: 'How many days the change feed keeps events; with none, no events are recorded.',
  },
  redactPatterns: {
    name: 'REDACT_PATTERNS',
    parse: redactionPatterns,
    expected:
      'none, or name=pattern divided by semicolons, in the bounded form that docs/memory-api.md describes',
    example: String.raw`member=\bM-\d{8}\b`,
    defaultText: 'none',
    summary: 'Further patterns that are removed from texts before they are stored.',
  },
  retainCallsDays: {
    name: 'RETAIN_CALLS_DAYS',
    parse: orNone(wholeNumber(1, 36_500)),
    expected: 'none, or a whole number of days from 1 to 36500',
    example: '365',
    defaultText: '365',
    summary: 'How many days it is kept that a call took place and what was said on it; none is for ever.',
  },
  retainAnswersDays: {
    name: 'RETAIN_ANSWERS_DAYS',
    parse: orNone(wholeNumber(1, 36_500)),
    expected: 'none, or a whole number of days from 1 to 36500',
    example: '365',
    defaultText: '30',
    summary: 'How many days an answer is kept for the same request coming again.',
  },
  retainIntentsDays: {
    name: 'RETAIN_INTENTS_DAYS',
    parse: orNone(wholeNumber(1, 36_500)),
    expected: 'none, or a whole number of days from 1 to 36500',
    example: '365',
    defaultText: '365',
    summary: 'How many days an intent is kept after it was settled, or after it was last named.',
  },
  retainCustomersDays: {
    name: 'RETAIN_CUSTOMERS_DAYS',
    parse: orNone(wholeNumber(1, 36_500)),
    expected: 'none, or a whole number of days from 1 to 36500',
    example: '365',
    defaultText: 'none',
    summary: 'How many days after the last contact a customer is forgotten.',
  },
  retainAuditDays: {
    name: 'RETAIN_AUDIT_DAYS',
    parse: orNone(wholeNumber(1, 36_500)),
    expected: 'none, or a whole number of days from 1 to 36500',
    example: '365',
    defaultText: 'none',
    summary: 'How many days an entry of the audit log is kept.',
  },
  sweepEveryHours: {
    name: 'SWEEP_EVERY_HOURS',
    parse: orNone(wholeNumber(1, 8760)),
    expected: 'none, or a whole number of hours from 1 to 8760',
    example: '24',
    defaultText: '24',
    summary: 'How often a server removes what is past its time; none leaves that to the command sweep.',
  },
  rateLimitPerMinute: {
    name: 'RATE_LIMIT_PER_MINUTE',
    parse: orNone(wholeNumber(1, 1_000_000)),
    expected: 'none, or a whole number from 1 to 1000000',
    example: '600',
    defaultText: '600',
    summary: 'How many requests a tenant may send in a minute; a tenth more is let through.',
  },
  monthlyQuota: {
    name: 'MONTHLY_QUOTA',
    parse: orNone(wholeNumber(0, 1_000_000_000)),
    expected: 'none, or a whole number from 0 to 1000000000',
    example: '100000',
    defaultText: 'none',
    summary: 'How many starts and ends together a tenant may have in a month.',
  },
  docs: {
    name: 'MEMORY_SERVER_DOCS',
    parse: onOrOff,
    expected: 'on or off',
    example: 'off',
    defaultText: 'on',
    summary: 'Whether the description of the API is served under /docs, which needs no key.',
  },
}

/**
 * Reads the settings of the memory server from the given variables.
 *
 * @throws CM_CONFIG_INVALID with every problem at once.
 */
export function readMemoryServerConfig(
  environment: Readonly<Record<string, unknown>>,
): Readonly<MemoryServerConfig> {
  return readSettings(MEMORY_SERVER_SETTINGS, environment)
}

/**
 * Reads the settings of the memory server from this process's environment.
 *
 * @throws CM_CONFIG_INVALID with every problem at once.
 */
export function memoryServerConfig(): Readonly<MemoryServerConfig> {
  return readMemoryServerConfig(process.env)
}

/** A number, or `none` where there is no limit. */
function orNone(parse: (text: string) => Parsed<number>): (text: string) => Parsed<number | undefined> {
  return (text) => (text === 'none' ? { ok: true, value: undefined } : parse(text))
}

function onOrOff(text: string): Parsed<boolean> {
  return text === 'on' || text === 'off' ? { ok: true, value: text === 'on' } : { ok: false }
}
