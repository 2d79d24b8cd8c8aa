import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArguments } from '../../cli/arguments.ts'
import { print } from '../../cli/terminal.ts'
import { CATALOGUE } from '../catalogue/catalogue.ts'
import { randomRuns } from '../corpus/random-runs.ts'
import { coverageOf } from '../engine/coverage.ts'
import type { Flow } from '../flow.ts'
import { lintFlow } from '../lint/lint-flow.ts'
import { readFlow } from '../read-flow.ts'
import { unusable } from './load-flow.ts'

/** Help of `npm run studio -- corpus`. */
export const CORPUS_HELP = `npm run studio -- corpus <folder> [--runs N] [--seed N]

Lints every flow of a folder, runs it with random callers, servers and queues, and prints what was reached.
Nothing is sent anywhere. Where Twilio documents nothing, each run assumes one of the answers.

  --runs N  runs per flow (default 400)
  --seed N  the same seed gives the same runs (default 1)`

const OPTIONS = { runs: { type: 'string', default: '400' }, seed: { type: 'string', default: '1' } } as const

interface Tally {
  flows: number
  states: number
  reached: number
  transitions: number
  taken: number
}

/** Lints and runs every flow of a folder. The exit code. */
export async function corpusCommand(folder: string, args: readonly string[]): Promise<number> {
  const { runs, seed } = readArguments(OPTIONS, CORPUS_HELP, args)
  const tally: Tally = { flows: 0, states: 0, reached: 0, transitions: 0, taken: 0 }
  for (const name of flowFiles(folder)) {
    const read = readFlow(readFileSync(join(folder, name), 'utf8'))
    if (!read.ok) {
      print(`${name}\n  no flow: ${read.problem}`)
      continue
    }
    const findings = lintFlow({ flow: read.flow, raw: read.raw })
    const errors = findings.filter(({ level }) => level === 'error').length
    print(`${name}\n  lint: ${errors} errors, ${findings.length - errors} warnings`)
    await reportRuns(read.flow, Number(runs), Number(seed), tally)
  }
  const { flows, reached, states, taken, transitions } = tally
  print(`${flows} flows: ${reached} of ${states} states, ${taken} of ${transitions} transitions`)
  return 0
}

async function reportRuns(flow: Flow, count: number, seed: number, tally: Tally): Promise<void> {
  const runs = await randomRuns(flow, count, seed)
  const { states, transitions } = coverageOf(flow, runs)
  const unmodelled = new Set(
    flow.states.map(({ type }) => type).filter((type) => CATALOGUE.get(type)?.unmodelled),
  )
  const missing = states.missing.length > 0 ? `; not reached: ${states.missing.slice(0, 5).join(', ')}` : ''
  print(
    `  runs: ${runs.length}; states ${states.reached} of ${states.all}, transitions ${transitions.taken} of ${transitions.all}${missing}`,
  )
  const ends = new Map<string, number>()
  for (const { end } of runs) ends.set(end.kind, (ends.get(end.kind) ?? 0) + 1)
  print(`  ends: ${[...ends].map(([kind, times]) => `${kind} ${times}`).join(', ') || 'none'}`)
  if (unmodelled.size > 0) print(`  not modelled: ${[...unmodelled].join(', ')}`)
  tally.flows += 1
  tally.states += states.all
  tally.reached += states.reached
  tally.transitions += transitions.all
  tally.taken += transitions.taken
}

function flowFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch {
    throw unusable(folder, 'cannot be read')
  }
}
