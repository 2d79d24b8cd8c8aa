import type { CallerAction, Prompt } from './caller.ts'
import type { CallOptions } from './call-options.ts'
import type { CallEvent, CallMoment } from './events.ts'
import type { Limits } from './limits.ts'
import { TWILIO_LIMITS } from './limits.ts'
import type { CallStatus } from './request-params.ts'

/** A call in progress: what was given, and the little that changes while it lasts. */
export interface Call {
  readonly options: CallOptions
  readonly limits: Limits
  readonly state: CallState
}

interface CallState {
  /** The simulated clock. Nothing in a call waits in real time but its webhooks. */
  seconds: number
  /** Whether a verb has picked up. Until then the caller hears ringing. */
  answered: boolean
  /** What the status callback will report. */
  finalStatus: CallStatus
  /** Texts said since the caller was last asked. */
  heard: string[]
  redirectsSinceInput: number
  fallbackSpentSinceInput: boolean
  readonly events: CallEvent[]
}

/** Starts the bookkeeping of a call. */
export function createCall(options: CallOptions): Call {
  return {
    options,
    limits: { ...TWILIO_LIMITS, ...options.limits },
    state: {
      seconds: 0,
      answered: false,
      finalStatus: 'completed',
      heard: [],
      redirectsSinceInput: 0,
      fallbackSpentSinceInput: false,
      events: [],
    },
  }
}

/** Records a moment and passes it on to whoever listens. */
export function emit(call: Call, moment: CallMoment): void {
  const event: CallEvent = { ...moment, atSeconds: Math.round(call.state.seconds * 10) / 10 }
  call.state.events.push(event)
  call.options.onEvent?.(event)
}

/** Records that Twilio would warn: schema violations have code 12200. */
export function warn(call: Call, code: number | null, reason: string): void {
  emit(call, { kind: 'warning', code, reason })
}

/** Lets simulated time pass, up to the longest call that is allowed. */
export function spend(call: Call, seconds: number): void {
  call.state.seconds = Math.min(call.limits.maxCallSeconds, call.state.seconds + seconds)
}

/** Whether the call has reached its longest length. */
export function isOverdue(call: Call): boolean {
  return call.state.seconds >= call.limits.maxCallSeconds
}

/** Asks the caller, with everything heard since the last time. */
export async function askCaller(
  call: Call,
  prompt: (heard: readonly string[]) => Prompt,
): Promise<CallerAction> {
  const { heard } = call.state
  call.state.heard = []
  return call.options.caller.respond(prompt(heard))
}

/** Notes that the caller contributed something: what guards against endless loops starts anew. */
export function noteInput(call: Call): void {
  call.state.redirectsSinceInput = 0
  call.state.fallbackSpentSinceInput = false
}

/** The call's length so far in whole seconds, as Twilio bills it. */
export function wholeSeconds(call: Call): number {
  return Math.ceil(call.state.seconds)
}
