import { scriptedCaller, type CallerAction } from '../../voice/caller.ts'
import type { FlowAnswer } from '../engine/http.ts'
import { type FlowRun, runFlow } from '../engine/run-flow.ts'
import type { Flow, State } from '../flow.ts'

/**
 * Where something is known from: Twilio's own documents, exported flows, reports of Studio's users, or nothing but
 * reason. What is not known at all is an open question instead, at which the engine stops.
 */
export type Evidence = 'documented' | 'exported' | 'reported' | 'inferred'

/** Something that the engine takes for true. */
export interface Assumption {
  readonly id: string
  readonly says: string
  readonly evidence: Evidence
  /** Which document, and when it was read. */
  readonly source: string
  /** Runs the engine and tells whether it behaves so. */
  readonly shown: () => Promise<boolean>
}

/** A widget for an example: its transitions as event and target. */
export function example(
  name: string,
  type: string,
  properties: State['properties'],
  routes: Readonly<Record<string, string>> = {},
): State {
  return {
    name,
    type,
    properties,
    transitions: Object.entries(routes).map(([event, next]) => ({ event, next })),
  }
}

/** A split for an example, on a text, with one condition that leads to `yes`. */
export function splitExample(input: string, type: string, value: string): State {
  return {
    name: 'split',
    type: 'split-based-on',
    properties: { input },
    transitions: [
      { event: 'noMatch', next: 'no' },
      { event: 'match', next: 'yes', conditions: [{ friendly_name: type, arguments: [input], type, value }] },
    ],
  }
}

/** Runs an example: a call enters at the first widget, requests get these answers in order. */
export function runExample(
  states: readonly State[],
  answers: readonly FlowAnswer[] = [],
  actions: readonly CallerAction[] = [],
): Promise<FlowRun> {
  const first = states[0]?.name ?? ''
  const flow: Flow = {
    states: [example('Trigger', 'trigger', {}, { incomingCall: first }), ...states],
    initial_state: 'Trigger',
  }
  const queue = answers.values()
  return runFlow({
    flow,
    trigger: { event: 'incomingCall', call: { From: '+12025550142', To: '+12025550100' } },
    caller: scriptedCaller(actions),
    http: async () => queue.next().value ?? { kind: 'failed', why: 'unreachable' },
  })
}

const said = (name: string): State => example(name, 'say-play', { say: name })

/** Whether a condition holds for an input. */
export async function matches(input: string, type: string, value: string): Promise<boolean> {
  const { heard } = await runExample([splitExample(input, type, value), said('yes'), said('no')])
  return heard[0] === 'yes'
}
