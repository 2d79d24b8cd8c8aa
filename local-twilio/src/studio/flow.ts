/** A condition of a split. `arguments` repeats the split's input; `value` may hold Liquid. */
export interface Condition {
  readonly friendly_name?: string
  readonly arguments?: readonly string[]
  readonly type: string
  readonly value: string
}

/** Where a widget leads on an event. Without `next` the execution ends there. */
export interface Transition {
  readonly event: string
  readonly next?: string
  readonly conditions?: readonly Condition[]
}

/** A widget on the canvas, by Studio's own word for it. */
export interface State {
  readonly name: string
  readonly type: string
  readonly transitions: readonly Transition[]
  readonly properties: Readonly<Record<string, unknown>>
}

/** A flow definition as Studio imports and exports it. */
export interface Flow {
  readonly description?: string
  readonly states: readonly State[]
  readonly initial_state: string
  readonly flags?: { readonly allow_concurrent_calls?: boolean }
}

/** One transition of a flow, named so that it stays the same when others are added. */
export interface TransitionKey {
  readonly state: string
  /** Its place among the transitions of its widget. */
  readonly index: number
}

/** A transition's key as text, for sets. */
export function keyText({ state, index }: TransitionKey): string {
  return `${state}#${index}`
}

/** Every text in a value, with the path to it: `parameters[0].value`. */
export function textsIn(
  value: unknown,
  path = '',
): readonly { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, path === '' ? key : `${path}.${key}`))
}

/** Every Liquid text of a widget: its properties and the conditions of its transitions. */
export function templatesOf({
  properties,
  transitions,
}: State): readonly { readonly path: string; readonly text: string }[] {
  const conditions = transitions.flatMap((transition, index) =>
    (transition.conditions ?? []).flatMap((condition) =>
      textsIn(
        { arguments: condition.arguments ?? [], value: condition.value },
        `transitions[${index}].conditions[0]`,
      ),
    ),
  )
  return [...textsIn(properties), ...conditions]
}

/** A value as a text property would hold it: texts as they are, everything else as JSON, nothing as nothing. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** One entry of a list property. */
export interface Pair {
  readonly key: string
  readonly value: string
  /** The entry as it was written, with what else it holds. */
  readonly entry: Readonly<Record<string, unknown>>
}

/** The pairs of a list property; what is no pair is left out. */
export function pairsOf(list: unknown): readonly Pair[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const fields = entry as Readonly<Record<string, unknown>>
    return [{ key: asText(fields['key']), value: asText(fields['value']), entry: fields }]
  })
}
