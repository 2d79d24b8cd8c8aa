import { asCallerMemoryError } from '../../../../src/errors.ts'
import { EXIT_USAGE, print, printNote } from '../../cli/terminal.ts'
import { LINT_HELP, lintCommand } from './lint.ts'
import { RENDER_HELP, renderCommand } from './render.ts'
import { RUN_HELP } from './run-arguments.ts'
import { runCommand } from './run.ts'

interface Command {
  readonly help: string
  /** The exit code. */
  readonly run: (target: string, args: readonly string[]) => number | Promise<number>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  lint: { help: LINT_HELP, run: lintCommand },
  run: { help: RUN_HELP, run: runCommand },
  render: { help: RENDER_HELP, run: renderCommand },
}

const HELP = `npm run studio -- <command> <flow.json> [options]

  lint        finds what fails on a call: form, paths, variables, templates, splits, secrets
  run         runs a voice flow with a scripted caller against the real functions
  render      fills the placeholders of a flow

Each command has its own --help.`

const isHelp = (word: string): boolean => ['--help', '-h', 'help'].includes(word)

async function main([name = 'help', target = '', ...args]: readonly string[]): Promise<number> {
  if (isHelp(name)) return tell(HELP)
  const command = COMMANDS[name]
  if (!command) {
    return refuse(`no command "${name.slice(0, 40)}"; there are ${Object.keys(COMMANDS).join(', ')}`)
  }
  if (isHelp(target) || args.some(isHelp)) return tell(command.help)
  if (target !== '' && !target.startsWith('-')) return command.run(target, args)
  return refuse(`${name}: expected the file of a flow, for example studio-flows/caller-memory.json`)
}

function tell(text: string): number {
  print(text)
  return 0
}

function refuse(problem: string): number {
  printNote(problem)
  return EXIT_USAGE
}

/** What the reader can mend is one line. Anything else is told by its code; its text may be anybody's. */
function reportFailure(thrown: unknown): number {
  const { code, message } = asCallerMemoryError(thrown)
  printNote(code === 'CM_USAGE' ? message : `${code}: ${message}`)
  return code === 'CM_USAGE' || code === 'CM_CONFIG_INVALID' ? EXIT_USAGE : 1
}

async function run(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2)).catch(reportFailure)
}

void run()
