import { systemClock } from '../../src/clock.ts'
import { asCallerMemoryError } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import { helpText, readCommand } from './cli/command.ts'
import { runDatabaseCommand } from './cli/run-command.ts'
import { serve } from './cli/serve.ts'
import { memoryServerConfig } from './config.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 2

async function run(args: readonly string[]): Promise<void> {
  const command = readCommand(args)
  if (command.kind === 'help') process.stdout.write(helpText(command.of))
  else if (command.kind === 'serve') await serve(memoryServerConfig(), createLog())
  else {
    const lines = await runDatabaseCommand(command, memoryServerConfig(), systemClock, showProgress)
    for (const line of lines) process.stdout.write(`${line}\n`)
  }
}

/** Progress goes where it cannot be taken for the result. */
function showProgress(line: string): void {
  process.stderr.write(`${line}\n`)
}

function reportFailure(thrown: unknown): void {
  const fault = asCallerMemoryError(thrown)
  process.stderr.write(`${fault.code}: ${fault.message}\n`)
  process.exitCode = ['CM_CONFIG_INVALID', 'CM_USAGE'].includes(fault.code) ? EXIT_USAGE : EXIT_FAILED
}

run(process.argv.slice(2)).catch(reportFailure)
