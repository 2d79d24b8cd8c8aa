import { scaleBand, scaleLinear } from 'd3-scale'
import type { ScaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import type { EngineName } from './databases.ts'
import type { Measured, Sustained } from './measure.ts'

/** What must hold, in the units of the plot. */
const GOALS: Readonly<Record<EngineName, { readonly callsPerSecond: number; readonly p99Ms: number }>> = {
  sqlite: { callsPerSecond: 3_500, p99Ms: 40 },
  postgres: { callsPerSecond: 1_500, p99Ms: 20 },
}
const OPEN_LOOP_GOALS = { p99Ms: 15, p999Ms: 100 }

const WIDTH = 900
const PANEL_HEIGHT = 260
const LEFT = 60
const RIGHT = 30
const TOP = 70
const COLORS = { raw: '#9aa5b1', http: '#1f6feb', goal: '#c0392b', text: '#1b1f24', faint: '#d0d7de' }

/** One bar: what it stands for, its value, and the goal for it. */
interface Bar {
  readonly group: string
  readonly label: string
  readonly value: number
  readonly color: string
  readonly note: string
  readonly goal?: number
}

/** Draws the results as an SVG that needs no explanation beside it. */
export function plot(engine: EngineName, results: readonly Measured[], setting: string): string {
  const sustained = results.find((one) => one.sustained)?.sustained
  const panels = [
    barPanel('Calls a second (start + end): leanest SQL, and over HTTP', rateBars(engine, results)),
    barPanel('Latency of requests, in milliseconds', latencyBars(engine, results)),
    ...(sustained ? [logPanel(sustained)] : []),
  ]
  const height = panels.length * (PANEL_HEIGHT + TOP) + 60
  const placed = panels.map((panel, index) => moved(0, 40 + index * (PANEL_HEIGHT + TOP), panel))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="${COLORS.text}">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${text(LEFT, 26, `Caller memory on ${engine === 'sqlite' ? 'embedded SQLite' : 'PostgreSQL'}: ${setting}`, 'font-size="16" font-weight="bold"')}
${placed.join('\n')}
${text(LEFT, height - 14, 'Red lines: what must hold.', `fill="${COLORS.goal}"`)}
</svg>
`
}

function rateBars(engine: EngineName, results: readonly Measured[]): readonly Bar[] {
  return results.flatMap(({ customers, rawCallsPerSecond, httpCallsPerSecond, ratio }) => {
    const group = `${customers.toLocaleString('en-US')} customers`
    const percent = `${Math.round(ratio * 100)} %`
    const goal = GOALS[engine].callsPerSecond
    return [
      { group, label: 'SQL', value: rawCallsPerSecond, color: COLORS.raw, note: String(rawCallsPerSecond) },
      {
        group,
        label: 'HTTP',
        value: httpCallsPerSecond,
        color: COLORS.http,
        note: `${httpCallsPerSecond} (${percent})`,
        goal,
      },
    ]
  })
}

function latencyBars(engine: EngineName, results: readonly Measured[]): readonly Bar[] {
  return results.flatMap((one) => {
    const group = `${one.customers.toLocaleString('en-US')} customers`
    const bar = (label: string, value: number, color: string, goal?: number): Bar => ({
      group,
      label,
      value,
      color,
      note: value.toFixed(1),
      ...(goal !== undefined && { goal }),
    })
    return [
      bar('p50', one.p50Ms, COLORS.http),
      bar('p99', one.p99Ms, COLORS.http, GOALS[engine].p99Ms),
      bar('1,000/s p99', one.openLoopP99Ms, COLORS.raw, OPEN_LOOP_GOALS.p99Ms),
      bar('1,000/s p99.9', one.openLoopP999Ms, COLORS.raw, OPEN_LOOP_GOALS.p999Ms),
    ]
  })
}

function barPanel(title: string, bars: readonly Bar[]): string {
  const most = Math.max(1, ...bars.flatMap(({ value, goal }) => [value, goal ?? 0]))
  const y = scaleLinear([0, most * 1.1], [PANEL_HEIGHT, 0])
  const names = bars.map(({ group, label }) => `${group}/${label}`)
  const x = scaleBand(names, [LEFT, WIDTH - RIGHT]).padding(0.25)
  const drawn = bars.map(({ value, color, note, label, goal }, index) => {
    const left = x(names[index] ?? '') ?? 0
    const middle = left + x.bandwidth() / 2
    const goalLine =
      goal === undefined
        ? ''
        : `<line x1="${left - 6}" x2="${left + x.bandwidth() + 6}" y1="${y(goal)}" y2="${y(goal)}" stroke="${COLORS.goal}" stroke-width="2"/>`
    return `<rect x="${left}" y="${y(value)}" width="${x.bandwidth()}" height="${PANEL_HEIGHT - y(value)}" fill="${color}"/>
${goalLine}
${text(middle, y(value) - 6, note, 'text-anchor="middle"')}
${text(middle, PANEL_HEIGHT + 16, label, 'text-anchor="middle"')}`
  })
  return [heading(title), axis(y), ...drawn, ...groupTitles(bars, x.step())].join('\n')
}

function groupTitles(bars: readonly Bar[], step: number): readonly string[] {
  const groups = [...new Set(bars.map(({ group }) => group))]
  return groups.map((group) => {
    const places = bars.flatMap((bar, index) => (bar.group === group ? [index] : []))
    const middle = LEFT + ((places[0] ?? 0) + places.length / 2) * step
    return text(middle, PANEL_HEIGHT + 34, group, 'text-anchor="middle" font-weight="bold"')
  })
}

/** The log's size under steady load: it must stay bounded. */
function logPanel({ logMegabytes, minutes, callsPerSecond }: Sustained): string {
  const y = scaleLinear([0, Math.max(1, ...logMegabytes) * 1.1], [PANEL_HEIGHT, 0])
  const x = scaleLinear([0, Math.max(1, logMegabytes.length - 1)], [LEFT, WIDTH - RIGHT])
  const path = line<number>(
    (_value, index) => x(index),
    (value) => y(value),
  )(Array.from(logMegabytes))
  const title = `Size of the log in megabytes during ${minutes} minutes at ${callsPerSecond} calls a second`
  return [
    heading(title),
    axis(y),
    `<path d="${path ?? ''}" fill="none" stroke="${COLORS.http}" stroke-width="2"/>`,
  ].join('\n')
}

function heading(title: string): string {
  return text(LEFT, -10, title, 'font-weight="bold"')
}

function axis(y: ScaleLinear<number, number>): string {
  return y
    .ticks(5)
    .map(
      (tick) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}" stroke="${COLORS.faint}"/>\n${text(LEFT - 8, y(tick) + 4, tick.toLocaleString('en-US'), 'text-anchor="end"')}`,
    )
    .join('\n')
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" ${attributes}>${content}</text>`
}

function moved(x: number, y: number, content: string): string {
  return `<g transform="translate(${x} ${y + 24})">${content}</g>`
}
