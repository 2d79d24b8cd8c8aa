import type { Clock } from '../../../src/clock.ts'
import type { Agents } from './agents.ts'
import type { Caller } from './caller.ts'
import type { CallEvent, DialCallStatus } from './events.ts'
import type { Limits } from './limits.ts'

/** One inbound call: the number's configuration, who calls, and how the other side behaves. */
export interface CallOptions {
  /** The number's voice URL. May carry connection overrides in its fragment (`#rc=2&rp=5xx`). */
  readonly voiceUrl: string
  /** Told when the call has ended. */
  readonly statusCallbackUrl?: string
  /** Asked for TwiML when the application fails. */
  readonly fallbackUrl?: string
  /** What the network presents: E.164, or a word such as `anonymous`. */
  readonly from: string
  /** The number dialled, E.164. */
  readonly to: string
  readonly callSid: string
  readonly accountSid: string
  /** Signs every webhook. Appears in no event. */
  readonly authToken: string
  /** Twilio's raw value, for example `TN-Validation-Passed-A`. Absent: the parameter is not sent. */
  readonly stirVerstat?: string
  /** The PASSporT that goes with it. Absent: the parameter is not sent. */
  readonly stirPassportToken?: string
  /** The line that forwarded the call. Absent: the parameter is not sent. */
  readonly forwardedFrom?: string
  readonly caller: Caller
  /** Hears every event as it happens. */
  readonly onEvent?: (event: CallEvent) => void
  readonly clock: Clock
  readonly limits?: Partial<Limits>
  /** How every `<Dial>` ends: `no-answer` unless told otherwise. Nobody ever picks up for real. */
  readonly dialCallStatus?: DialCallStatus
  /** Who takes calls that go before a workflow. Absent, or while nobody is there: see `queue`. */
  readonly agents?: Agents
  /**
   * What becomes of a caller in a queue whom nobody answers: with `nobody` (the default) no agent comes and the caller gives up, with
   * `leave` the call leaves the queue as by `<Leave>` and goes on.
   */
  readonly queue?: 'nobody' | 'leave'
}
