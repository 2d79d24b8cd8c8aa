import { asCallerMemoryError } from '../../../../src/errors.ts'
import { EXIT_USAGE, print, printNote } from '../../cli/terminal.ts'
import { assumptionsCommand } from './assumptions.ts'
import { CORPUS_HELP, corpusCommand } from './corpus.ts'
import { DEPLOY_HELP, deployCommand, VALIDATE_HELP, validateCommand } from './deploy.ts'
import { DIAGRAM_HELP, diagramCommand } from './diagram.ts'
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
  diagram: { help: DIAGRAM_HELP, run: diagramCommand },
  render: { help: RENDER_HELP, run: renderCommand },
  validate: { help: VALIDATE_HELP, run: validateCommand },
  deploy: { help: DEPLOY_HELP, run: deployCommand },
  corpus: { help: CORPUS_HELP, run: corpusCommand },
}

const HELP = `npm run studio -- <command> <flow.json> [options]

  lint        finds what fails on a call: form, paths, variables, templates, splits, secrets
  run         runs a voice flow with a scripted caller against the real functions
  diagram     draws a flow as SVG, with what runs reached in colour
  render      fills the placeholders of a flow
  validate    lets Twilio check a flow; nothing is kept there
  deploy      makes a draft of a flow at Twilio, or publishes it
  corpus      lints and runs every flow of a folder with random callers
  assumptions what the engine takes for true, its evidence, and what nobody documents

Each command has its own --help.`

const isHelp = (word: string): boolean => ['--help', '-h', 'help'].includes(word)

async function dispatch([name = 'help', target = '', ...args]: readonly string[]): Promise<number> {
  if (isHelp(name)) return tell(HELP)
  if (name === 'assumptions') return assumptionsCommand()
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

/** Runs a command line of `npm run studio`. The exit code: 0 fine, 1 something was found or failed, 2 unusable input. */
export async function runStudio(args: readonly string[]): Promise<number> {
  return dispatch(args).catch(reportFailure)
}
