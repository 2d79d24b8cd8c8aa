import { systemClock } from '../../../src/clock.ts'
import type { Clock } from '../../../src/clock.ts'
import type { Memory } from '../calls/memory.ts'
import { createKeyedHash } from '../identity/keyed-hash.ts'
import { createVault } from '../identity/vault.ts'
import type { RetentionRules } from '../maintenance/sweep.ts'
import type { RedactionPattern } from '../redaction/patterns.ts'
import { createRedact } from '../redaction/redact.ts'
import type { Store } from '../store/database.ts'
import { checkEncryptionKeys, checkHashKey } from '../store/installation.ts'
import { createRetentions } from '../tenants/retention.ts'
import { OPERATIONS } from './table.ts'
import type { AnswerOf, Operation, OperationName, RequestOf } from './table.ts'

declare const answerType: unique symbol

/** An answer as JSON text, ready to be sent. */
export type Json<Answer> = string & { readonly [answerType]?: Answer }

/** On whose behalf something is done. */
export interface Behalf {
  /** Empty for what the server does for itself. */
  readonly tenant: string
  /** Prefix of the key that asks, `configuration` for a key of the settings, `server` for the server itself. */
  readonly actor: string
}

/** What the server does for itself. */
export const OWN_BEHALF: Behalf = { tenant: '', actor: 'server' }

/** The operations on one database, wherever that is. */
export interface Operations {
  /** Does one operation. What it changed is on the disk when it answers. Faults are `CallerMemoryError`s. */
  readonly perform: <Name extends OperationName>(
    name: Name,
    behalf: Behalf,
    request: RequestOf<Name>,
  ) => Promise<Json<AnswerOf<Name>>>
  /** Finishes what is underway, then closes the database. Later operations are refused. */
  readonly close: () => Promise<void>
  /** Resolves when the database has gone for good without having been closed. */
  readonly broken: Promise<void>
}

/** How the operations work. Plain values only, so that another thread can have them. */
export interface OperationSettings extends RetentionRules {
  /** Key under which identifiers are hashed, 64 hex characters. */
  readonly hashKey: string
  /** Keys under which the readable form of identifiers is kept, 64 hex characters each; none unless given. */
  readonly encryptionKeys?: readonly string[]
  /** How long a variable is remembered after it was last written. */
  readonly variableTtlDays: number
  /** How long an intent stays open after a call last named it; 90 days unless given. */
  readonly intentTtlDays?: number
  /** How many days the change feed keeps events; none are recorded unless given. */
  readonly eventRetentionDays?: number | undefined
  /** What is removed from texts beside cards, codes, SSNs and IBANs; nothing unless given. */
  readonly redactPatterns?: readonly RedactionPattern[] | undefined
  /** Starts and ends of one tenant in a month; any number unless given. */
  readonly monthlyQuota?: number | undefined
}

/** Does one operation at a time of the caller's choice, in epoch milliseconds. */
export type PerformAt = (at: number, name: OperationName, behalf: Behalf, request: unknown) => Promise<string>

const INTENT_TTL_DAYS = 90
const DAY_MS = 86_400_000

/** The value of an answer. */
export function valueOf<Answer>(json: Json<Answer>): Answer {
  return JSON.parse(json) as Answer
}

/**
 * Prepares the operations on an opened database.
 *
 * @throws CM_CONFIG_INVALID when the database was made with another hash key, or an encryption key is missing.
 */
export async function createPerformAt(database: Store, settings: OperationSettings): Promise<PerformAt> {
  const keyedHash = createKeyedHash(settings.hashKey)
  await checkHashKey(database, keyedHash)
  const vault = createVault(settings.encryptionKeys ?? [])
  await checkEncryptionKeys(database, vault)
  const { variableTtlDays, intentTtlDays = INTENT_TTL_DAYS } = settings
  const serverRetention = { variable_ttl_days: variableTtlDays, intent_ttl_days: intentTtlDays }
  const { eventRetentionDays } = settings
  const rising = createRisingTime()
  const shared: Omit<Memory, 'tenant' | 'actor' | 'clock' | 'now'> = {
    database,
    keyedHash,
    vault,
    retentions: createRetentions(serverRetention),
    rules: settings,
    redact: createRedact(settings.redactPatterns),
    monthlyQuota: settings.monthlyQuota,
    eventRetentionMs: eventRetentionDays === undefined ? undefined : eventRetentionDays * DAY_MS,
  }
  return async (at, name, { tenant, actor }, request) => {
    const memory: Memory = { ...shared, tenant, actor, clock: () => new Date(at), now: rising(at) }
    return JSON.stringify(await (OPERATIONS[name] as Operation<unknown, unknown>)(memory, request))
  }
}

/**
 * Tells the time while requests are worked on: that of the request, plus what has passed since. It does not go back
 * when the machine's clock does.
 */
function createRisingTime(): (at: number) => () => number {
  let last = 0
  return (at) => {
    const begun = systemClock().getTime()
    return () => {
      const passed = Math.max(0, systemClock().getTime() - begun)
      last = Math.max(last, at + passed)
      return last
    }
  }
}

/**
 * The operations on a database that this thread has opened. Closing them closes it.
 *
 * @throws CM_CONFIG_INVALID when the database was made with another hash key, or an encryption key is missing.
 */
export async function createOperations(
  database: Store,
  settings: OperationSettings,
  clock: Clock,
): Promise<Operations> {
  const performAt = await createPerformAt(database, settings)
  return {
    perform: (name, behalf, request) => performAt(clock().getTime(), name, behalf, request),
    close: () => database.close(),
    broken: new Promise(() => undefined),
  }
}
