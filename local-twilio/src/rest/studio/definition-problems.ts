/** One entry of the `errors` that Studio answers to an invalid definition. */
export interface DefinitionProblem {
  /** A JSON pointer: `#/states/3/transitions/0/next`. */
  readonly property_path: string
  readonly message: string
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What Studio's own validation is known to refuse (read 2026-11): a definition without its lists and names, and
 * transitions to widgets that are not there. Like the real one it says nothing of properties that it does not know.
 */
export function definitionProblems(definition: unknown): readonly DefinitionProblem[] {
  if (!isFields(definition)) return [problem('#', 'a JSON object was expected')]
  const { states, initial_state: initial } = definition
  if (!Array.isArray(states) || states.length === 0)
    return [problem('#/states', 'a list of states was expected')]
  const names = new Set(states.filter(isFields).map(({ name }) => name))
  return [
    ...(names.has(initial) ? [] : [problem('#/initial_state', 'a state of this name was expected')]),
    ...states.flatMap((state: unknown, index) => stateProblems(state, `#/states/${index}`, names)),
  ]
}

function stateProblems(
  state: unknown,
  at: string,
  names: ReadonlySet<unknown>,
): readonly DefinitionProblem[] {
  if (!isFields(state)) return [problem(at, 'an object was expected')]
  const missing = ['name', 'type'].filter((key) => typeof state[key] !== 'string')
  const transitions = Array.isArray(state['transitions']) ? (state['transitions'] as unknown[]) : []
  return [
    ...missing.map((key) => problem(`${at}/${key}`, 'string expected')),
    ...transitions.flatMap((transition, index) => {
      const next = isFields(transition) ? transition['next'] : undefined
      const leads = next === undefined || next === null || names.has(next)
      return leads ? [] : [problem(`${at}/transitions/${index}/next`, 'a state of this name was expected')]
    }),
  ]
}

function problem(path: string, message: string): DefinitionProblem {
  return { property_path: path, message }
}
