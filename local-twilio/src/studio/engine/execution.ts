import { newSid } from '../../sid.ts'
import type { Caller } from '../../voice/caller.ts'
import { asText, type Flow, type State } from '../flow.ts'
import type { TemplateEngine } from '../liquid/liquid.ts'
import type { FlowAnswer, FlowHttp, FlowRequest } from './http.ts'
import type { AssumedAnswers } from './open-questions.ts'

/** What a flow is started by. Exactly one part of `trigger` is filled, as at Twilio. */
export type FlowTrigger =
  | { readonly event: 'incomingCall'; readonly call: Readonly<Record<string, string>> }
  | { readonly event: 'incomingMessage'; readonly message: Readonly<Record<string, unknown>> }
  | {
      readonly event: 'incomingConversationMessage'
      readonly conversation: Readonly<Record<string, unknown>>
    }
  | {
      readonly event: 'incomingRequest'
      readonly request: {
        readonly from: string
        readonly to: string
        readonly parameters: Readonly<Record<string, unknown>>
      }
    }
  | { readonly event: 'incomingParent'; readonly parent: Readonly<Record<string, unknown>> }

/** A widget that waits for somebody other than the caller: a queue, another call, a subflow, a message. */
export interface OutsideMoment {
  readonly widget: string
  readonly type: string
  /** The events that the flow has a transition for. */
  readonly events: readonly string[]
  /** How often this widget has run in this execution, this run included. */
  readonly visit: number
}

/** What happened there. */
export interface OutsideOutcome {
  readonly event: string
  readonly output?: Readonly<Record<string, unknown>>
}

/** One widget that ran. */
export interface FlowStep {
  readonly widget: string
  readonly type: string
  /** Absent when the run ended inside the widget. */
  readonly event?: string
  readonly next?: string
}

/** A task that a flow created, or tried to. */
export interface FlowTask {
  readonly widget: string
  /** The rendered attributes. */
  readonly text: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** What a run has come to so far. Only the engine writes it. */
export interface Execution {
  readonly flow: Flow
  readonly states: ReadonlyMap<string, State>
  readonly templates: TemplateEngine
  readonly assumed: AssumedAnswers
  readonly caller: Caller
  readonly outside: (moment: OutsideMoment) => OutsideOutcome | undefined
  readonly http: FlowHttp
  readonly context: FlowContext
  readonly steps: FlowStep[]
  readonly heard: string[]
  /** Heard since the caller was last asked. */
  readonly unanswered: string[]
  readonly tasks: FlowTask[]
  readonly requests: { readonly request: FlowRequest; readonly answer: FlowAnswer }[]
  readonly visits: Map<string, number>
  /** Set once the caller is gone; the execution goes on until a widget needs the call. */
  hungUp: boolean
}

/** What Liquid can read. Its names are Studio's. */
export interface FlowContext {
  readonly trigger: Readonly<Record<string, unknown>>
  readonly flow: {
    readonly sid: string
    readonly flow_sid: string
    readonly channel: { readonly address: string }
    readonly data: Readonly<Record<string, unknown>>
    readonly variables: Record<string, unknown>
  }
  readonly contact: { readonly channel: { readonly address: string } }
  readonly widgets: Record<string, Readonly<Record<string, unknown>>>
}

/** The context with which an execution begins. */
export function openContext(trigger: FlowTrigger): FlowContext {
  const { own, theirs } = addressesOf(trigger)
  const { event: _event, ...filled } = trigger
  const data = trigger.event === 'incomingRequest' ? trigger.request.parameters : {}
  return {
    trigger: filled,
    flow: {
      sid: newSid('FN'),
      flow_sid: newSid('FW'),
      channel: { address: own },
      data,
      variables: {},
    },
    contact: { channel: { address: theirs } },
    widgets: {},
  }
}

function addressesOf(trigger: FlowTrigger): { readonly own: string; readonly theirs: string } {
  switch (trigger.event) {
    case 'incomingCall':
      return { own: trigger.call['To'] ?? '', theirs: trigger.call['From'] ?? '' }
    case 'incomingMessage':
      return { own: asText(trigger.message['To']), theirs: asText(trigger.message['From']) }
    case 'incomingRequest':
      // A request places a call from our number to theirs.
      return { own: trigger.request.from, theirs: trigger.request.to }
    case 'incomingConversationMessage':
    case 'incomingParent':
      return { own: '', theirs: '' }
  }
}
