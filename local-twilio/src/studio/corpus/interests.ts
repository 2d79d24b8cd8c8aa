import { asText, type Flow, type State, templatesOf } from '../flow.ts'
import { createTemplateEngine, type Reference } from '../liquid/liquid.ts'

/** What a flow looks for, so that random values hit it now and then. */
export interface Interests {
  /** By variable (`widgets.ask.Digits`): values that conditions test it for. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** By widget: the paths that templates read from its parsed answer. */
  readonly answers: ReadonlyMap<string, readonly (readonly string[])[]>
}

type ReadPaths = (text: string) => readonly Reference[]

/** Finds what a flow looks for in its conditions and templates. */
export function interestsOf({ states }: Flow): Interests {
  const engine = createTemplateEngine()
  const pathsIn: ReadPaths = (text) => {
    const read = engine.read(text)
    return read.ok ? read.references : []
  }
  const values = new Map<string, string[]>()
  const answers = new Map<string, Reference[]>()
  for (const state of states) {
    for (const { name, wanted } of testedIn(state, pathsIn)) push(values, name, ...wanted)
    for (const [root, widget = '', key, ...rest] of templatesOf(state).flatMap(({ text }) => pathsIn(text))) {
      if (root === 'widgets' && key === 'parsed' && rest.length > 0) push(answers, widget, rest)
    }
  }
  return { values, answers }
}

/** The variables that a widget's conditions test, with values near which they change. */
function testedIn(
  { transitions, properties }: State,
  pathsIn: ReadPaths,
): readonly { readonly name: string; readonly wanted: readonly string[] }[] {
  const input = asText(properties['input'])
  return transitions
    .flatMap(({ conditions = [] }) => conditions)
    .flatMap(({ arguments: [argument = input] = [], type, value }) =>
      pathsIn(argument).map((path) => ({ name: path.join('.'), wanted: around(type, value) })),
    )
}

function around(type: string, value: string): readonly string[] {
  if (type === 'less_than') return [String(Number(value) - 1)]
  if (type === 'greater_than') return [String(Number(value) + 1)]
  return value.split(',').map((one) => one.trim())
}

function push<T>(map: Map<string, T[]>, key: string, ...items: readonly T[]): void {
  map.set(key, [...(map.get(key) ?? []), ...items])
}
