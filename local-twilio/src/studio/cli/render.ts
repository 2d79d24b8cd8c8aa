import { readArguments } from '../../cli/arguments.ts'
import { print } from '../../cli/terminal.ts'
import { fillFlow, loadFlow, loadValues } from './load-flow.ts'

/** Help of `npm run studio -- render`. */
export const RENDER_HELP = `npm run studio -- render <flow.json> --env NAME

Prints the flow with its placeholders filled, ready to be imported in the Console.

  --env NAME  a file of values: env/NAME.json beside the flow, or a path`

/** Prints a flow with its placeholders filled. The exit code. */
export function renderCommand(file: string, args: readonly string[]): number {
  const { env } = readArguments({ env: { type: 'string', default: 'example' } }, RENDER_HELP, args)
  print(JSON.stringify(fillFlow(loadFlow(file), loadValues(file, env)).raw, null, 2))
  return 0
}
