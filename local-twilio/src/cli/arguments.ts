import { parseArgs, type ParseArgsConfig } from 'node:util'
import { CallerMemoryError } from '../../../src/errors.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** Options given to a command, in the order in which they were given. */
export interface GivenOption {
  readonly name: string
  readonly value: string | undefined
}

type Read<T extends Options> = {
  -readonly [Key in keyof T]: T[Key] extends { type: 'boolean' }
    ? boolean
    : T[Key] extends { multiple: true }
      ? readonly string[]
      : T[Key] extends { default: string }
        ? string
        : string | undefined
} & { readonly help: boolean; readonly inOrder: readonly GivenOption[] }

/**
 * Reads the command line. `--help` is always there.
 *
 * @throws CM_USAGE with the help text for an option that the command does not have.
 */
export function readArguments<const T extends Options>(
  options: T,
  help: string,
  args: readonly string[] = process.argv.slice(2),
): Read<T> {
  try {
    const { values, tokens } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h', default: false } },
      strict: true,
      tokens: true,
    })
    const inOrder = tokens.flatMap((token) =>
      token.kind === 'option' ? [{ name: token.name, value: token.value }] : [],
    )
    return { ...values, inOrder } as unknown as Read<T>
  } catch (error) {
    throw new CallerMemoryError('CM_USAGE', `${reasonOf(error)}\n\n${help}\n`)
  }
}

/** Node's own sentence about a command line that it cannot read. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown }
  return String(code).startsWith('ERR_PARSE_ARGS') ? String(message) : 'the options could not be read'
}
