import type { Writable } from '../flows.ts'

type Widget = Writable['states'][number]

/** A defect of the kind that published flows have: how it is made, and what the lint must say of it. */
export interface SeededDefect {
  readonly title: string
  readonly rule: string
  /** The widget that must be named; undefined for the flow as a whole. */
  readonly widget?: string
  readonly seed: (flow: Writable) => void
}

/** A widget of a flow, by name. */
export function stateOf(flow: Writable, name: string): Widget {
  const state = flow.states.find((one) => one.name === name)
  if (!state) throw new Error(`no widget ${name}`)
  return state
}

/** The properties of a widget. */
export const properties = (flow: Writable, name: string): Record<string, unknown> =>
  stateOf(flow, name).properties
/** The condition of a split: of its first match unless told otherwise. */
export const condition = (flow: Writable, name: string, index = 1): Record<string, unknown> =>
  stateOf(flow, name).transitions[index]?.conditions?.[0] ?? {}
/** Lets an event lead nowhere. */
export const unroute = (flow: Writable, name: string, event: string): void => {
  delete stateOf(flow, name).transitions.find((one) => one.event === event)?.next
}
/** Gives the task of an unknown caller these attributes. */
export const attributes =
  (text: string) =>
  (flow: Writable): void => {
    properties(flow, 'flex_unknown')['attributes'] = text
  }
/** Lets the first widget say this. */
export const spoken =
  (text: string) =>
  (flow: Writable): void => {
    properties(flow, 'answer_call')['say'] = text
  }
