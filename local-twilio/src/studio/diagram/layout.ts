import { Graph, layout } from '@dagrejs/dagre'
import type { Flow, State, Transition } from '../flow.ts'

/** A point of the picture, in pixels. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A widget's box; x and y are its middle. */
export interface Box extends Point {
  readonly state: State
  readonly width: number
  readonly height: number
}

/** The ways from one widget to another. Ways with the same two ends are drawn as one line. */
export interface Line {
  readonly from: string
  /** The places of the transitions in their widget. */
  readonly indexes: readonly number[]
  readonly label: string
  readonly points: readonly Point[]
  readonly labelAt: Point
}

/** A flow laid out. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
}

const BOX_HEIGHT = 46
const LETTER = 7.4
const LABEL_LETTER = 6.2

/** Lays a flow out from top to bottom. Transitions that lead nowhere, or to no widget, have no line. */
export function layOut({ states }: Flow): Layout {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 54, edgesep: 18, marginx: 24, marginy: 24 })
  const byName = new Map(states.map((state) => [state.name, state]))
  for (const [name, { type }] of byName) {
    graph.setNode(name, { width: Math.max(name.length, type.length) * LETTER + 30, height: BOX_HEIGHT })
  }
  const ways = states.flatMap((state) => waysFrom(state, byName))
  for (const { from, to, label } of ways) {
    const width = Math.max(...label.split('\n').map((line) => line.length)) * LABEL_LETTER + 10
    graph.setEdge(from, to, { width, height: label.split('\n').length * 13 + 4, labelpos: 'c' })
  }
  layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return {
    width,
    height,
    boxes: [...byName.values()].map((state) => boxOf(state, graph.node(state.name))),
    lines: ways.map((way) => lineOf(way, graph.edge(way.from, way.to))),
  }
}

interface Way {
  readonly from: string
  readonly to: string
  readonly indexes: readonly number[]
  readonly label: string
}

function waysFrom({ name, transitions }: State, byName: ReadonlyMap<string, State>): readonly Way[] {
  const targets = new Map<string, number[]>()
  transitions.forEach(({ next }, index) => {
    if (next === undefined || !byName.has(next)) return
    targets.set(next, [...(targets.get(next) ?? []), index])
  })
  return [...targets].map(([to, indexes]) => ({
    from: name,
    to,
    indexes,
    label: indexes.map((index) => titleOf(transitions[index])).join('\n'),
  }))
}

function titleOf(transition: Transition | undefined): string {
  const [condition] = transition?.conditions ?? []
  const title = condition ? (condition.friendly_name ?? condition.value) : (transition?.event ?? '')
  return title.length > 28 ? `${title.slice(0, 27)}…` : title
}

function boxOf(state: State, node: unknown): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = (node ?? {}) as Partial<Box>
  return { state, x, y, width, height }
}

function lineOf({ from, indexes, label }: Way, edge: unknown): Line {
  const { points = [], x = 0, y = 0 } = (edge ?? {}) as { points?: readonly Point[]; x?: number; y?: number }
  return { from, indexes, label, points, labelAt: { x, y } }
}
