/** One kill of the primary. */
export interface Round {
  readonly mode: string
  readonly round: number
  /** Starts and ends that were answered with 200. */
  readonly acknowledged: number
  /** Requests that were refused or broke; the writers sent them again. */
  readonly failed: number
  /** Longest time without an acknowledged write. */
  readonly pauseSeconds: number
  /** From the kill until there was another primary. */
  readonly promotedAfterSeconds: number
  /** From then until a standby confirmed writes. */
  readonly withoutStandbySeconds: number
}

/** The rounds of one mode, and what was looked for in the end. */
export interface Series {
  readonly mode: string
  readonly rounds: readonly Round[]
  readonly acknowledged: number
  readonly calls: number
  /** Calls of which a part was missing. */
  readonly lost: number
}

const BEGIN = '<!-- written by npm run drill:failover -->'
const END = '<!-- end -->'

/** The page with the table of these results in its place. */
export function intoPage(page: string, series: readonly Series[]): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined)
    throw new Error(`the page has no place for the table: ${BEGIN}`)
  return `${before}${BEGIN}\n\n${tableOf(series)}\n\n${END}${after}`
}

const HEAD = [
  'mode',
  'kills',
  'acknowledged writes',
  'calls looked for',
  'lost',
  'write pause',
  'no synchronous standby',
]

function tableOf(series: readonly Series[]): string {
  const rows = series.map(({ mode, rounds, acknowledged, calls, lost }) => [
    `\`${mode}\``,
    String(rounds.length),
    String(acknowledged),
    String(calls),
    String(lost),
    rangeOf(rounds.map(({ pauseSeconds }) => pauseSeconds)),
    rangeOf(rounds.map(({ withoutStandbySeconds }) => withoutStandbySeconds)),
  ])
  const all = [HEAD, ...rows]
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return [line(HEAD), rule, ...rows.map(line)].join('\n')
}

function rangeOf(seconds: readonly number[]): string {
  return `${Math.min(...seconds)} to ${Math.max(...seconds)} s`
}
