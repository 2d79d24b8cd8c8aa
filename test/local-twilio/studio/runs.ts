import type { FlowAnswer } from '../../../local-twilio/src/studio/engine/http.ts'
import {
  type FlowRun,
  runFlow,
  type RunFlowOptions,
} from '../../../local-twilio/src/studio/engine/run-flow.ts'
import type { Flow } from '../../../local-twilio/src/studio/flow.ts'
import { type CallerAction, scriptedCaller } from '../../../local-twilio/src/voice/caller.ts'
import { widget } from './flows.ts'

/** The call of every run. */
export const CALL: Readonly<Record<string, string>> = {
  CallSid: `CA${'1'.repeat(32)}`,
  From: '+12025550142',
  To: '+12025550100',
}
/** An answer with a JSON body; a text is sent as it is. */
export const json = (body: unknown, status = 200): FlowAnswer => ({
  kind: 'answered',
  status,
  contentType: 'application/json',
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** Runs a flow with a scripted caller and scripted answers of its requests. */
export function run(
  flow: Flow,
  more: Partial<RunFlowOptions> & { actions?: readonly CallerAction[]; answers?: readonly FlowAnswer[] } = {},
): Promise<FlowRun> {
  const { actions = [], answers = [], ...options } = more
  const queue = answers.values()
  return runFlow({
    flow,
    trigger: { event: 'incomingCall', call: CALL },
    caller: scriptedCaller(actions),
    http: async () => queue.next().value ?? { kind: 'failed', why: 'unreachable' },
    ...options,
  })
}

/** The widgets of a run, in order. */
export const path = ({ steps }: FlowRun): string => steps.map((step) => step.widget).join(' ')
/** A widget that says something. */
export const say = (name: string, text: string, next?: string): ReturnType<typeof widget> =>
  widget(name, 'say-play', { say: text }, { audioComplete: next })
/** A gather. */
export const ask = (routes: Record<string, string | undefined>, more = {}): ReturnType<typeof widget> =>
  widget('ask', 'gather-input-on-call', { say: 'Yes?', finish_on_key: '#', ...more }, routes)
/** A function at https://example.com/f. */
export const fetchFunction = (success?: string, fail?: string): ReturnType<typeof widget> =>
  widget('fetch', 'run-function', { url: 'https://example.com/f', parameters: [] }, { success, fail })
