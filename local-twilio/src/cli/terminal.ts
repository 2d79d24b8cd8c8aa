import { asCallerMemoryError, CallerMemoryError, describeError } from '../../../src/errors.ts'

/** What a command prints for its reader. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What a command says about its own work, apart from its result. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Exit code for a command that was called wrongly or is configured wrongly. */
export const EXIT_USAGE = 2

/**
 * Runs a command: a fault becomes its message and the next step, and a non-zero exit code (2 when the reader
 * can mend the call or the settings, else 1).
 */
export function runCommand(command: () => Promise<void>): void {
  command().catch((thrown: unknown) => {
    const error = asCallerMemoryError(thrown)
    printNote(`${error.code}: ${error.message}\n${describeError(error.code).next}`)
    if (!(thrown instanceof CallerMemoryError) && thrown instanceof Error) printNote(thrown.stack ?? '')
    process.exitCode = ['CM_USAGE', 'CM_CONFIG_INVALID'].includes(error.code) ? EXIT_USAGE : 1
  })
}
