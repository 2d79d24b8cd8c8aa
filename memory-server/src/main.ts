import { systemClock } from '../../src/clock.ts'
import { asCallerMemoryError } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import { HELP, readCommand } from './cli/command.ts'
import type { Command } from './cli/command.ts'
import { runKeyCommand } from './cli/keys.ts'
import { serve } from './cli/serve.ts'
import { memoryServerConfig } from './config.ts'
import { createKeyedHash } from './identity/keyed-hash.ts'
import { checkHashKey } from './store/installation.ts'
import { openStore } from './store/open-store.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 2

async function run(command: Command): Promise<void> {
  if (command.kind === 'help') print([HELP.trimEnd()])
  else if (command.kind === 'serve') await serve(memoryServerConfig(), createLog())
  else print(await runOnDatabase(command))
}

/** Opening the database migrates it. The lock of a running server refuses it. */
async function runOnDatabase(command: Exclude<Command, { kind: 'help' | 'serve' }>): Promise<string[]> {
  const { hashKey, ...where } = memoryServerConfig()
  const keyedHash = createKeyedHash(hashKey)
  const database = await openStore(where, systemClock)
  try {
    await checkHashKey(database, keyedHash)
    if (command.kind === 'migrate') return ['the database has the newest schema']
    return await runKeyCommand(command, { database, keyedHash, clock: systemClock })
  } finally {
    await database.close()
  }
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}

function reportFailure(thrown: unknown): void {
  const fault = asCallerMemoryError(thrown)
  process.stderr.write(`${fault.code}: ${fault.message}\n`)
  process.exitCode = ['CM_CONFIG_INVALID', 'CM_USAGE'].includes(fault.code) ? EXIT_USAGE : EXIT_FAILED
}

async function main(): Promise<void> {
  await run(readCommand(process.argv.slice(2)))
}

main().catch(reportFailure)
