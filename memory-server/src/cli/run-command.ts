import type { Clock } from '../../../src/clock.ts'
import { CallerMemoryError } from '../../../src/errors.ts'
import type { MemoryServerConfig } from '../config.ts'
import { createKeyedHash } from '../identity/keyed-hash.ts'
import { createVault } from '../identity/vault.ts'
import { dropKey, rotateKeys } from '../maintenance/rotate.ts'
import { addCounts, NOTHING_SWEPT, sweepPlace } from '../maintenance/sweep.ts'
import type { SweepMemory } from '../maintenance/sweep.ts'
import { verifyDatabase } from '../maintenance/verify.ts'
import type { VerifyOptions } from '../maintenance/verify.ts'
import type { Database } from '../store/database.ts'
import { checkEncryptionKeys, checkHashKey } from '../store/installation.ts'
import { openStore } from '../store/open-store.ts'
import { allPlaces, BUCKETS } from '../store/places.ts'
import type { Place } from '../store/places.ts'
import { runBackup, runRestore } from './backup.ts'
import { createRetentions } from '../tenants/retention.ts'
import { runClusterCommand } from './clusters.ts'
import type { Command } from './command-forms.ts'
import { runKeyCommand } from './keys.ts'

const PROGRESS_BUCKETS = 64
const DAY_MS = 86_400_000

/** A command that ends by itself. */
export type DatabaseCommand = Exclude<Command, { readonly kind: 'help' | 'serve' }>

/** Told how far long work has come, a line at a time. */
export type ShowProgress = (line: string) => void

/**
 * Opens the database, which migrates it, does what the command says, and answers the lines to print.
 *
 * @throws CM_STORE_UNAVAILABLE when a running server holds the database, CM_USAGE, CM_CONFIG_INVALID.
 */
export async function runDatabaseCommand(
  command: DatabaseCommand,
  config: MemoryServerConfig,
  clock: Clock,
  showProgress: ShowProgress,
): Promise<string[]> {
  if (command.kind === 'backup') return runBackup(command, config, clock, showProgress)
  if (command.kind === 'restore') return runRestore(command, config, clock, showProgress)
  if (command.kind === 'show clusters' || command.kind === 'rebalance') {
    return runClusterCommand(command, config, clock, showProgress)
  }
  const keyedHash = createKeyedHash(config.hashKey)
  const database = await openStore(config, clock)
  try {
    await checkHashKey(database, keyedHash)
    if (command.kind === 'migrate') return ['the database has the newest schema']
    if (command.kind === 'rotate') {
      return await rotate(database, command.dropKey, config.encryptionKeys, showProgress)
    }
    if (command.kind === 'sweep') return await sweep({ database, keyedHash, clock }, config, command.isDryRun)
    if (command.kind === 'verify') {
      return await verify({ database, keyedHash, isFile: config.databaseUrl === undefined }, showProgress)
    }
    return await runKeyCommand(command, { database, keyedHash, clock })
  } finally {
    await database.close()
  }
}

async function rotate(
  database: Database,
  lostKey: string | undefined,
  encryptionKeys: readonly string[],
  showProgress: ShowProgress,
): Promise<string[]> {
  const vault = createVault(encryptionKeys)
  if (lostKey !== undefined) {
    if (vault?.keyIds.includes(lostKey)) {
      throw new CallerMemoryError('CM_USAGE', 'this key is in MEMORY_SERVER_ENCRYPTION_KEYS: it is not lost')
    }
    await dropKey(database, lostKey)
    return [`what the key ${lostKey} encrypted is removed`]
  }
  if (!vault) {
    throw new CallerMemoryError('CM_CONFIG_INVALID', 'MEMORY_SERVER_ENCRYPTION_KEYS: is not set')
  }
  await checkEncryptionKeys(database, vault)
  const { resealed, done } = await rotateKeys({
    database,
    vault,
    onProgress: (count) => showProgress(`${count} encrypted anew`),
  })
  if (!done) throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'a server still encrypts with an older key')
  return [`${resealed} encrypted anew; only the key ${vault.keyIds[0]} is needed from now on`]
}

async function verify(options: VerifyOptions, showProgress: ShowProgress): Promise<string[]> {
  const onProgress = ({ tenant, bucket }: Place): void => {
    if (bucket % PROGRESS_BUCKETS === 0) showProgress(`tenant ${tenant}: ${bucket} of ${BUCKETS} buckets`)
  }
  const { problems, entries, digest } = await verifyDatabase({ ...options, onProgress })
  if (problems.length > 0) {
    throw new CallerMemoryError('CM_STORE_DAMAGED', `verify found problems:\n  ${problems.join('\n  ')}`)
  }
  return ['everything is as it should be', `audit log: ${entries} entries, digest ${digest}`]
}

async function sweep(
  store: Pick<SweepMemory, 'database' | 'keyedHash' | 'clock'>,
  config: MemoryServerConfig,
  isDryRun: boolean,
): Promise<string[]> {
  const ofServer = { variable_ttl_days: config.variableTtlDays, intent_ttl_days: config.intentTtlDays }
  const { eventRetentionDays } = config
  const memory = {
    ...store,
    actor: 'command line',
    retentions: createRetentions(ofServer),
    eventRetentionMs: eventRetentionDays === undefined ? undefined : eventRetentionDays * DAY_MS,
    now: () => store.clock().getTime(),
  }
  let counts = NOTHING_SWEPT
  for await (const place of allPlaces(store.database)) {
    counts = addCounts(counts, await sweepPlace(memory, place, { rules: config, isDryRun }))
  }
  return [
    isDryRun ? 'past their time:' : 'removed:',
    ...Object.entries(counts).map(([kind, count]) => `  ${kind} ${count}`),
  ]
}
