import { type Flow, keyText } from '../flow.ts'
import type { FlowRun } from './run-flow.ts'

/** How much of a flow its runs have reached. What no path leads to does not count. */
export interface Coverage {
  readonly states: { readonly reached: number; readonly all: number; readonly missing: readonly string[] }
  readonly transitions: { readonly taken: number; readonly all: number; readonly missing: readonly string[] }
}

/** The names of the widgets that a path leads to from the trigger's events that lead on. */
export function reachableStates({ states, initial_state: initial }: Flow): ReadonlySet<string> {
  const byName = new Map(states.map((state) => [state.name, state]))
  const reached = new Set<string>()
  const waiting = [initial]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = byName.get(name)
    if (!state || reached.has(name)) continue
    reached.add(name)
    for (const { next } of state.transitions) if (next !== undefined) waiting.push(next)
  }
  return reached
}

/**
 * Measures runs against a flow. Of the trigger's transitions only those count that lead somewhere: the others
 * are not part of what the flow does.
 */
export function coverageOf(flow: Flow, runs: readonly Pick<FlowRun, 'steps' | 'taken'>[]): Coverage {
  const visited = new Set(runs.flatMap(({ steps }) => steps.map(({ widget }) => widget)))
  const taken = new Set(runs.flatMap((run) => [...run.taken]))
  const reachable = flow.states.filter(({ name }) => reachableStates(flow).has(name))
  const names = [...new Set(reachable.map(({ name }) => name))]
  const transitions = reachable.flatMap(({ name, type, transitions: list }) =>
    list.flatMap(({ event, next }, index) =>
      type === 'trigger' && next === undefined
        ? []
        : [{ key: keyText({ state: name, index }), title: `${name} ${event} (${index})` }],
    ),
  )
  const missing = transitions.filter(({ key }) => !taken.has(key))
  return {
    states: {
      reached: names.filter((name) => visited.has(name)).length,
      all: names.length,
      missing: names.filter((name) => !visited.has(name)),
    },
    transitions: {
      taken: transitions.length - missing.length,
      all: transitions.length,
      missing: missing.map(({ title }) => title),
    },
  }
}
