import type { Caller } from '../../voice/caller.ts'
import { CATALOGUE } from '../catalogue/catalogue.ts'
import { type Flow, keyText, type State } from '../flow.ts'
import { createTemplateEngine, type TemplateEngine } from '../liquid/liquid.ts'
import {
  type Execution,
  type FlowContext,
  type FlowStep,
  type FlowTask,
  type FlowTrigger,
  openContext,
  type OutsideMoment,
  type OutsideOutcome,
} from './execution.ts'
import type { FlowHttp } from './http.ts'
import type { AssumedAnswers } from './open-questions.ts'
import { FlowStop, OpenQuestionMet, type RunEnd } from './run-end.ts'
import type { Moment, WidgetOutcome } from './widgets/moment.ts'
import { unmodelled } from './widgets/outside.ts'
import { WIDGET_RUNS } from './widgets/table.ts'

/** How a flow is to be run. */
export interface RunFlowOptions {
  readonly flow: Flow
  readonly trigger: FlowTrigger
  /** Answers gathers and voicemails. */
  readonly caller: Caller
  readonly http: FlowHttp
  /** Decides the events of queues, other calls and messages; undefined: what usually happens. */
  readonly outside?: (moment: OutsideMoment) => OutsideOutcome | undefined
  /** While which widget the caller hangs up, without a word. */
  readonly hangUpAt?: string
  readonly assumed?: AssumedAnswers
  /** Kept over several runs, it parses each template once. It must assume the same answers. */
  readonly templates?: TemplateEngine
}

/** One run of a flow, from its trigger to its end. */
export interface FlowRun {
  readonly end: RunEnd
  readonly steps: readonly FlowStep[]
  /** What was said or played, in order. */
  readonly heard: readonly string[]
  readonly tasks: readonly FlowTask[]
  readonly requests: Execution['requests']
  readonly context: FlowContext
  /** The transitions that were taken, as `keyText`. */
  readonly taken: ReadonlySet<string>
}

/** Studio's limits: 1,000 steps in one execution (81000), the same widget 10 times in a row (81001). */
export const MAX_STEPS = 1_000
/** How often one widget may run without another in between. */
export const MAX_IN_A_ROW = 10

/**
 * Runs a flow as Studio's documents say that it runs. Never throws: where they do not say, the run ends as
 * `undocumented` and names the question.
 */
export async function runFlow(options: RunFlowOptions): Promise<FlowRun> {
  const { flow, trigger, caller, http, assumed = {} } = options
  const execution: Execution = {
    flow,
    states: new Map(flow.states.map((state) => [state.name, state])),
    templates: options.templates ?? createTemplateEngine(assumed),
    assumed,
    caller,
    outside: options.outside ?? (() => undefined),
    http,
    context: openContext(trigger),
    steps: [],
    heard: [],
    unanswered: [],
    tasks: [],
    requests: [],
    visits: new Map(),
    hungUp: false,
  }
  const taken = new Set<string>()
  const end = await walk(execution, trigger.event, options.hangUpAt, taken)
  const { steps, heard, tasks, requests, context } = execution
  return { end, steps, heard, tasks, requests, context, taken }
}

async function walk(
  execution: Execution,
  trigger: string,
  hangUpAt: string | undefined,
  taken: Set<string>,
): Promise<RunEnd> {
  let widget: string = execution.flow.initial_state
  const inARow = { widget: '', count: 0 }
  try {
    for (;;) {
      const state = execution.states.get(widget)
      if (!state)
        return { kind: 'broken', widget, why: 'a transition leads to it, but there is no such widget' }
      keepLimits(execution, state, inARow)
      const next = await step(execution, state, { trigger, isHangUp: hangUpAt === widget }, taken)
      if (next.kind === 'end') return next.end
      widget = next.to
    }
  } catch (error) {
    return endOf(error, widget)
  }
}

function endOf(error: unknown, widget: string): RunEnd {
  if (error instanceof FlowStop) return error.end
  if (error instanceof OpenQuestionMet) {
    return { kind: 'undocumented', widget, question: error.question, why: error.message }
  }
  throw error
}

function keepLimits({ steps }: Execution, { name }: State, inARow: { widget: string; count: number }): void {
  const stopped = (code: number, why: string): FlowStop =>
    new FlowStop({ kind: 'stopped', widget: name, code, why })
  if (steps.length >= MAX_STEPS) throw stopped(81000, `more than ${MAX_STEPS} steps`)
  inARow.count = inARow.widget === name ? inARow.count + 1 : 1
  inARow.widget = name
  if (inARow.count > MAX_IN_A_ROW) throw stopped(81001, `the widget ran ${MAX_IN_A_ROW} times in a row`)
}

type Next = { readonly kind: 'to'; readonly to: string } | { readonly kind: 'end'; readonly end: RunEnd }

async function step(
  execution: Execution,
  state: State,
  given: { readonly trigger: string; readonly isHangUp: boolean },
  taken: Set<string>,
): Promise<Next> {
  const visit = (execution.visits.get(state.name) ?? 0) + 1
  execution.visits.set(state.name, visit)
  const place = execution.steps.push({ widget: state.name, type: state.type }) - 1
  if (given.isHangUp) execution.hungUp = true
  const outcome = await runWidget({ state, execution, visit }, given.trigger)
  if (outcome.output) execution.context.widgets[state.name] = outcome.output
  const index = outcome.transition ?? state.transitions.findIndex(({ event }) => event === outcome.event)
  const next = state.transitions[index]?.next
  execution.steps[place] = {
    widget: state.name,
    type: state.type,
    event: outcome.event,
    ...(next !== undefined && { next }),
  }
  if (index >= 0) taken.add(keyText({ state: state.name, index }))
  if (next !== undefined) return { kind: 'to', to: next }
  return { kind: 'end', end: { kind: 'finished', widget: state.name, event: outcome.event } }
}

async function runWidget(moment: Moment, trigger: string): Promise<WidgetOutcome> {
  const { state, execution } = moment
  if (state.type === 'trigger') return { event: trigger }
  const hasHangUp = state.transitions.some(({ event }) => event === 'hangup')
  // A hang-up during a widget that does not need the call shows at the next one that does (Twilio, stuck
  // executions, read 2026-11).
  if (execution.hungUp && CATALOGUE.get(state.type)?.twiml) {
    if (hasHangUp) return { event: 'hangup', output: {} }
    throw new FlowStop({ kind: 'hung-up', widget: state.name })
  }
  const run = WIDGET_RUNS.get(state.type) ?? unmodelled
  return run(moment)
}
