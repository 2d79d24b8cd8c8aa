import { parseArgs } from 'node:util'
import { CallerMemoryError } from '../../../src/errors.ts'
import { COMMAND_FORMS } from './command-forms.ts'
import type { Command, CommandForm } from './command-forms.ts'

const WIDTH = 27

/** The text of `--help`: every command, or the one that fits the words. */
export function helpText(of: string = ''): string {
  const asked = COMMAND_FORMS.filter(({ words }) => of !== '' && words.startsWith(of))
  const forms = asked.length > 0 ? asked : COMMAND_FORMS
  return `npm run memory-server -- <command>

${forms.map((form) => formText(form)).join('\n')}

Settings come from the environment; docs/configuration.md describes them, docs/memory-server.md the commands. Those
that do not say otherwise are refused while a server uses the database file: stop it first. With PostgreSQL every
command works beside running servers.
`
}

function formText({ words, argument = '', summary, options = {} }: CommandForm): string {
  const head = `  ${`${words} ${argument}`.trim().padEnd(WIDTH - 2)}${summary}`
  const lines = Object.entries(options).map(
    ([name, { value = '', summary: use }]) => `    ${`--${name} ${value}`.trim().padEnd(WIDTH - 2)}${use}`,
  )
  return [head, ...lines].join('\n')
}

/**
 * Reads the command line.
 *
 * @throws CM_USAGE with the help text when it makes no sense.
 */
export function readCommand(args: readonly string[]): Command {
  const { words, values } = parse(args)
  if (values['help'] === true) return { kind: 'help', of: words.slice(0, 2).join(' ') }
  const form = COMMAND_FORMS.find((candidate) => fits(candidate, words.length === 0 ? ['serve'] : words))
  if (!form) throw usage('there is no such command')
  const stray = Object.keys(values).find((name) => form.options?.[name] === undefined)
  if (stray !== undefined) throw usage(`${form.words} takes no option --${stray}`)
  const argument = words[wordsOf(form).length] ?? ''
  const command = form.read({
    argument,
    text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    flag: (name) => values[name] === true,
  })
  if (typeof command === 'string') throw usage(command)
  return command
}

function wordsOf({ words }: CommandForm): string[] {
  return words.split(' ')
}

function fits(form: CommandForm, words: readonly string[]): boolean {
  const own = wordsOf(form)
  const wanted = own.length + (form.argument === undefined ? 0 : 1)
  return words.length === wanted && own.every((word, index) => words[index] === word)
}

interface Parsed {
  readonly words: readonly string[]
  readonly values: Readonly<Record<string, unknown>>
}

function parse(args: readonly string[]): Parsed {
  const known = COMMAND_FORMS.flatMap(({ options = {} }) => Object.entries(options))
  const options = Object.fromEntries(
    known.map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const),
  )
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    })
    return { words: positionals, values }
  } catch {
    throw usage('there is no such option, or its value is missing')
  }
}

function usage(reason: string): CallerMemoryError {
  return new CallerMemoryError('CM_USAGE', `${reason}\n\n${helpText()}`)
}
