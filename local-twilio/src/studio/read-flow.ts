import { CATALOGUE } from './catalogue/catalogue.ts'
import type { Flow, State, Transition } from './flow.ts'
import { nearestName } from './nearest-name.ts'

/** A flow that can be worked with, or the one reason why it cannot. */
export type ReadFlow =
  | { readonly ok: true; readonly flow: Flow; /** As it was written. */ readonly raw: Fields }
  | { readonly ok: false; readonly problem: string }

export type Fields = Readonly<Record<string, unknown>>

/** The longest definition that Studio is known to take (reported by its users, 2026-11). */
export const MAX_FLOW_BYTES = 1_000_000

/**
 * Reads a flow definition. What has no name, no type or no list where Studio needs one cannot be worked with;
 * everything else is for the lint to find. Missing transitions and properties count as empty.
 */
export function readFlow(text: string): ReadFlow {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_FLOW_BYTES) return refuse(tooLarge(bytes))
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (error) {
    return refuse(`is no JSON: ${error instanceof Error ? firstLine(error.message) : 'it does not parse'}`)
  }
  return flowOf(raw)
}

/** The sentence for a definition that is too large. */
export function tooLarge(bytes: number): string {
  return `has ${bytes} bytes; Studio takes at most ${MAX_FLOW_BYTES}`
}

/** Reads an already parsed definition. */
export function flowOf(raw: unknown): ReadFlow {
  if (!isFields(raw)) return refuse('is no flow: expected an object with "states" and "initial_state"')
  const { states, initial_state: initial } = raw
  if (!Array.isArray(states) || states.length === 0) return refuse('states: expected a list of widgets')
  if (typeof initial !== 'string') return refuse('initial_state: expected the name of the trigger')
  const problem = states.map(stateProblem).find((found) => found !== undefined)
  if (problem !== undefined) return refuse(problem)
  const flow = { ...raw, states: (states as Fields[]).map(stateOf), initial_state: initial } as Flow
  return { ok: true, flow, raw }
}

function refuse(problem: string): ReadFlow {
  return { ok: false, problem: problem.slice(0, 300) }
}

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/\s+/g, ' ').slice(0, 160) ?? ''
}

function stateProblem(state: unknown, index: number): string | undefined {
  const at = `states[${index}]`
  if (!isFields(state)) return `${at}: expected a widget`
  const { name, type, transitions = [], properties = {} } = state
  if (typeof name !== 'string' || name === '') return `${at}.name: expected the widget's name`
  if (typeof type !== 'string') return `${at}.type: expected the type of ${JSON.stringify(name)}`
  if (!CATALOGUE.has(type)) return unknownType(name, type)
  if (!Array.isArray(transitions)) return `${at}.transitions: expected a list`
  if (!isFields(properties)) return `${at}.properties: expected an object`
  return transitions
    .map((transition, place) => transitionProblem(transition, `${at}.transitions[${place}]`))
    .find((found) => found !== undefined)
}

function unknownType(name: string, type: string): string {
  const meant = nearestName(type, CATALOGUE.keys())
  const advice = meant ? `; ${JSON.stringify(meant)} may be meant` : ''
  const end = /hang-?up|stop|end/i.test(type) ? '; a call ends at a transition without "next"' : advice
  return `widget ${JSON.stringify(name.slice(0, 60))}: Studio has no widget type ${JSON.stringify(type.slice(0, 60))}${end}`
}

function transitionProblem(transition: unknown, at: string): string | undefined {
  if (!isFields(transition)) return `${at}: expected a transition`
  const { event, next, conditions = [] } = transition
  if (typeof event !== 'string') return `${at}.event: expected the name of an event`
  if (next !== undefined && next !== null && typeof next !== 'string') return `${at}.next: expected a name`
  if (!Array.isArray(conditions)) return `${at}.conditions: expected a list`
  return conditions.every(isFields) ? undefined : `${at}.conditions: expected objects`
}

function stateOf(state: Fields): State {
  const { name, type, transitions = [], properties = {} } = state
  return {
    name: String(name),
    type: String(type),
    transitions: (transitions as Fields[]).map(transitionOf),
    properties: properties as Fields,
  }
}

function transitionOf({ event, next, conditions }: Fields): Transition {
  return {
    event: String(event),
    ...(typeof next === 'string' && next !== '' && { next }),
    ...(Array.isArray(conditions) && { conditions: conditions.map(conditionOf) }),
  }
}

function conditionOf(condition: Fields): NonNullable<Transition['conditions']>[number] {
  const { friendly_name: name, arguments: args, type, value } = condition
  return {
    ...(typeof name === 'string' && { friendly_name: name }),
    ...(Array.isArray(args) && { arguments: args.map(String) }),
    type: typeof type === 'string' ? type : '',
    value: typeof value === 'string' ? value : '',
  }
}
