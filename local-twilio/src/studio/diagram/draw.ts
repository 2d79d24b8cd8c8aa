import { type Flow, keyText } from '../flow.ts'
import type { FlowRun } from '../engine/run-flow.ts'
import { type Box, layOut, type Line, type Point } from './layout.ts'

/** What runs have reached, for the colours of a diagram. */
export type Reached = Pick<FlowRun, 'steps' | 'taken'>

const COLOURS = {
  paper: '#ffffff',
  ink: '#1f2933',
  faint: '#52606d',
  plain: { fill: '#f5f7fa', edge: '#7b8794' },
  reached: { fill: '#e3f9e5', edge: '#207227' },
  missed: { fill: '#ffeeee', edge: '#ba2525' },
} as const

// By what a widget does: enters, speaks or listens, decides, asks a server, hands the caller over.
const FILLS: Readonly<Record<string, string>> = {
  trigger: '#e4e7eb',
  'say-play': '#e6f6ff',
  'gather-input-on-call': '#bae3ff',
  'record-voicemail': '#e6f6ff',
  'split-based-on': '#fffbea',
  'set-variables': '#fffbea',
  'run-function': '#f2ebfe',
  'make-http-request': '#f2ebfe',
  'send-to-flex': '#e3f9e5',
  'enqueue-call': '#e3f9e5',
  'connect-call-to': '#e3f9e5',
}

/** Draws a flow as SVG. With runs, what they reached is green and what they did not is red. */
export function drawFlow(flow: Flow, runs?: readonly Reached[]): string {
  const { width, height, boxes, lines } = layOut(flow)
  const visited = runs && new Set(runs.flatMap(({ steps }) => steps.map(({ widget }) => widget)))
  const taken = runs && new Set(runs.flatMap((run) => [...run.taken]))
  const size = `${Math.ceil(width)} ${Math.ceil(height)}`
  const [w, h] = size.split(' ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${w}" height="${h}" role="img" font-family="Helvetica, Arial, sans-serif">`,
    `<title>${escape(flow.description ?? 'Studio flow')}</title>`,
    ...['plain', 'reached', 'missed'].map(arrow),
    `<rect width="${w}" height="${h}" fill="${COLOURS.paper}"/>`,
    ...lines.map((line) => drawLine(line, taken)),
    ...lines.map(drawLabel),
    ...boxes.map((box) => drawBox(box, visited)),
    '</svg>',
    '',
  ].join('\n')
}

type Shade = 'plain' | 'reached' | 'missed'

function arrow(name: string): string {
  const colour = COLOURS[name as Shade].edge
  return `<marker id="${name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="${colour}"/></marker>`
}

function drawLine({ from, indexes, points }: Line, taken: ReadonlySet<string> | undefined): string {
  const isTaken = taken && indexes.every((index) => taken.has(keyText({ state: from, index })))
  const shade = shadeOf(isTaken)
  const dashes = shade === 'missed' ? ' stroke-dasharray="5 4"' : ''
  return `<path d="${curve(points)}" fill="none" stroke="${COLOURS[shade].edge}" stroke-width="1.4"${dashes} marker-end="url(#${shade})"/>`
}

function shadeOf(isReached: boolean | undefined): Shade {
  if (isReached === undefined) return 'plain'
  return isReached ? 'reached' : 'missed'
}

/** A smooth line: each inner point is passed by, halfway to the next one. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (!first || !last) return ''
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`
  })
  return `M${at(first)} ${bends.join(' ')} L${at(last)}`
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function drawLabel({ label, labelAt }: Line): string {
  const lines = label.split('\n')
  const widest = Math.max(...lines.map((line) => line.length))
  const [width, height] = [widest * 6.2 + 6, lines.length * 13 + 2]
  const box = `<rect x="${round(labelAt.x - width / 2)}" y="${round(labelAt.y - height / 2)}" width="${round(width)}" height="${height}" rx="3" fill="${COLOURS.paper}" fill-opacity="0.85"/>`
  const texts = lines.map((line, index) => {
    const y = labelAt.y - height / 2 + 11 + index * 13
    return `<text x="${round(labelAt.x)}" y="${round(y)}" font-size="11" text-anchor="middle" fill="${COLOURS.faint}">${escape(line)}</text>`
  })
  return [box, ...texts].join('')
}

function drawBox(box: Box, visited: ReadonlySet<string> | undefined): string {
  const { state, x, y, width, height } = box
  const shade = shadeOf(visited?.has(state.name))
  const fill = shade === 'plain' ? (FILLS[state.type] ?? COLOURS.plain.fill) : COLOURS[shade].fill
  return [
    `<g><title>${escape(`${state.name} (${state.type})`)}</title>`,
    `<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}" rx="7" fill="${fill}" stroke="${COLOURS[shade].edge}" stroke-width="1.2"/>`,
    `<text x="${round(x)}" y="${round(y - 3)}" font-size="13" font-weight="600" text-anchor="middle" fill="${COLOURS.ink}">${escape(state.name)}</text>`,
    `<text x="${round(x)}" y="${round(y + 14)}" font-size="10.5" text-anchor="middle" fill="${COLOURS.faint}">${escape(state.type)}</text></g>`,
  ].join('')
}

function escape(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}]/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}
