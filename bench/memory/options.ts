import { parseArgs } from 'node:util'
import type { EngineName } from './databases.ts'

/** What to measure. */
export interface BenchOptions {
  readonly engines: readonly EngineName[]
  /** How many customers the databases hold, one after the other. */
  readonly sizes: readonly number[]
  /** Length of each measurement. */
  readonly seconds: number
  /** Measurements of each kind, of which the median counts. */
  readonly rounds: number
  /** Minutes of steady load at the end, to watch the log; 0 for none. */
  readonly sustainedMinutes: number
}

/** The text of `--help`. */
export const HELP = `npm run bench:memory -- [--quick | --full | --customers N,N] [--engine sqlite|postgres|both] [--seconds S]
    [--rounds R] [--sustained MINUTES]

Measures the memory server: start + end over HTTP at 32 connections, against the leanest SQL for the same on the same
database in the same run; then 1,000 requests a second, sent when due. It stops by itself and keeps nothing but
bench/results/memory-<engine>.json and .svg. bench/README.md says how to read them.

  --quick      10,000 customers only
  --full       also 5,000,000 customers
  --customers  how many customers the databases hold (default 10000,1000000)
  --engine     which database (default both)
  --seconds    length of each measurement (default 10)
  --rounds     measurements of each kind, the median counts (default 3)
  --sustained  minutes of steady load at the end, to see that the log stays bounded (default 0)`

/** Reads the command line; undefined when help is asked for. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      customers: { type: 'string' },
      engine: { type: 'string', default: 'both' },
      seconds: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
      sustained: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    engines: enginesOf(values.engine),
    sizes: sizesOf(values).map((text) => numberOf('--customers', text, 1, 9_999_999)),
    seconds: numberOf('--seconds', values.seconds, 1, 600),
    rounds: numberOf('--rounds', values.rounds, 1, 99),
    sustainedMinutes: numberOf('--sustained', values.sustained, 0, 240),
  }
}

function enginesOf(text: string): readonly EngineName[] {
  if (text === 'both') return ['sqlite', 'postgres']
  if (text === 'sqlite' || text === 'postgres') return [text]
  throw new Error('--engine must be sqlite, postgres or both')
}

interface Sizes {
  readonly quick: boolean
  readonly full: boolean
  readonly customers?: string | undefined
}

function sizesOf({ quick, full, customers }: Sizes): readonly string[] {
  if (customers !== undefined) return customers.split(',')
  if (quick) return ['10000']
  return full ? ['10000', '1000000', '5000000'] : ['10000', '1000000']
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`${name} must be a whole number from ${least} to ${most}`)
}
