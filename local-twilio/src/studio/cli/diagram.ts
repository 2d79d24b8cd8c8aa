import { readFileSync, writeFileSync } from 'node:fs'
import { readArguments } from '../../cli/arguments.ts'
import { print } from '../../cli/terminal.ts'
import { drawFlow, type Reached } from '../diagram/draw.ts'
import { isFields } from '../read-flow.ts'
import { loadFlow, unusable } from './load-flow.ts'

/** Help of `npm run studio -- diagram`. */
export const DIAGRAM_HELP = `npm run studio -- diagram <flow.json> [--output FILE] [--run FILE]

Draws a flow as SVG.

  --output FILE  where the picture goes (default: standard output)
  --run FILE     a run, as \`run --json\` prints it; may be given several times. Reached is green, the rest red`

const OPTIONS = { output: { type: 'string' }, run: { type: 'string', multiple: true } } as const

/** Draws a flow. The exit code. */
export function diagramCommand(file: string, args: readonly string[]): number {
  const { output, run } = readArguments(OPTIONS, DIAGRAM_HELP, args)
  const picture = drawFlow(loadFlow(file).flow, run?.map(reachedIn))
  if (output === undefined) print(picture)
  else writeFileSync(output, picture)
  return 0
}

function reachedIn(file: string): Reached {
  try {
    const run: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (isFields(run) && Array.isArray(run['steps']) && Array.isArray(run['taken'])) {
      return { steps: run['steps'] as Reached['steps'], taken: new Set(run['taken'] as string[]) }
    }
  } catch {
    // Said below, like every other file that is no run.
  }
  throw unusable(file, 'is no run: expected what run --json prints')
}
