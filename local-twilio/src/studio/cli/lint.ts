import { print } from '../../cli/terminal.ts'
import { readArguments } from '../../cli/arguments.ts'
import { type Finding } from '../lint/finding.ts'
import { lintFlow } from '../lint/lint-flow.ts'
import { loadContracts, loadFlow } from './load-flow.ts'

/** Help of `npm run studio -- lint`. */
export const LINT_HELP = `npm run studio -- lint <flow.json> [--json] [--contracts DIR]

Looks for everything in a flow that fails on a call, or may. Exit code 0: nothing found, 1: findings, 2: no flow.

  --json           prints the findings as JSON
  --contracts DIR  where the contracts of answers are (default: the folder of the flow)`

/** Lints a flow and prints its findings. The exit code. */
export function lintCommand(file: string, args: readonly string[]): number {
  const given = readArguments(
    { json: { type: 'boolean', default: false }, contracts: { type: 'string' } },
    LINT_HELP,
    args,
  )
  const { flow, raw } = loadFlow(file)
  const findings = lintFlow({ flow, raw, contracts: loadContracts(file, given.contracts) })
  if (given.json) print(JSON.stringify({ file, findings }, null, 2))
  else for (const line of findingLines(file, findings)) print(line)
  return findings.length > 0 ? 1 : 0
}

/** Findings as lines for a reader. */
export function findingLines(file: string, findings: readonly Finding[]): readonly string[] {
  const lines = findings.flatMap(({ level, rule, widget, path, why, mend }) => [
    `${widget ?? 'flow'}  ${level}  ${rule}${path ? `  ${path}` : ''}`,
    `    ${why}`,
    `    mend: ${mend}`,
  ])
  const errors = findings.filter(({ level }) => level === 'error').length
  const count = findings.length === 0 ? 'clean' : `${errors} errors, ${findings.length - errors} warnings`
  return [...lines, `${file}: ${count}`]
}
