import { pairsOf, type State } from '../../flow.ts'
import type { Execution } from '../execution.ts'
import { answerTo, FlowStop } from '../run-end.ts'
import type { OpenQuestion } from '../open-questions.ts'

/** A widget that is running. */
export interface Moment {
  readonly state: State
  readonly execution: Execution
  /** How often this widget has run, this run included. */
  readonly visit: number
}

/** What a widget did: its event, and what it leaves for Liquid. */
export interface WidgetOutcome {
  readonly event: string
  /** Takes the place of what the widget left before. */
  readonly output?: Readonly<Record<string, unknown>>
  /** For splits, whose transitions share one event. */
  readonly transition?: number
}

/** The behaviour of a widget type. */
export type WidgetRun = (moment: Moment) => WidgetOutcome | Promise<WidgetOutcome>

/** A text property, rendered; empty when it is absent. */
export function rendered({ state, execution }: Moment, property: string): string {
  const template = state.properties[property]
  return typeof template === 'string' ? execution.templates.render(template, execution.context) : ''
}

/** The pairs of a list property, their values rendered. */
export function renderedPairs(
  { state, execution }: Moment,
  property: string,
): readonly (readonly [string, string])[] {
  return pairsOf(state.properties[property]).map(({ key, value }) => [
    key,
    execution.templates.render(value, execution.context),
  ])
}

/** The assumed answer to an open question. Ends the run as undocumented when none is assumed. */
export function settle({ state, execution }: Moment, question: OpenQuestion, why: string): string {
  return answerTo(execution.assumed, question, `${state.name}: ${why}`)
}

/** Ends the run with an error of Studio's. */
export function stopRun({ state }: Moment, code: number, why: string): never {
  throw new FlowStop({ kind: 'stopped', widget: state.name, code, why })
}
