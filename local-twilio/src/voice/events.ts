import type { CallerAction, InputKind } from './caller.ts'

/** Form parameters of a webhook. */
export type Params = Readonly<Record<string, string>>

/** The two methods that TwiML can ask for. */
export type HttpMethod = 'GET' | 'POST'

/** Why Twilio asked: the number's URLs, a verb's URL, or the music while a caller waits in a queue. */
export type WebhookPurpose =
  'voice' | 'action' | 'redirect' | 'fallback' | 'status' | 'wait' | 'recording-status'

/** A fault in Twilio's own numbering (https://www.twilio.com/docs/api/errors). */
export interface TwilioError {
  readonly code: number
  /** Path of the URL that caused it. Never its query, which may hold secrets. */
  readonly path: string
  /** One line, without anything that the caller said or the server answered. */
  readonly reason: string
}

/** What the line made of the caller's action. */
export type LineInput =
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'speech'; readonly text: string; readonly confidence: number }
  | {
      readonly kind: 'recording'
      readonly recordingSid: string
      readonly seconds: number
      /** The key that ended it, `hangup`, or empty when silence or the longest length did. */
      readonly digits: string
    }
  | { readonly kind: 'nothing' }

/** Why a call ended. */
export type EndReason =
  'caller-left' | 'hangup-verb' | 'rejected' | 'end-of-document' | 'longest-call' | 'application-error'

/** One HTTP request that Twilio made, with its answer. Retries and followed redirects are events of their own. */
export interface WebhookEvent {
  readonly kind: 'webhook'
  readonly purpose: WebhookPurpose
  readonly method: HttpMethod
  readonly path: string
  /** 1 for the first request to this URL, 2 for its first retry. */
  readonly attempt: number
  /** HTTP status; null when no answer came. */
  readonly status: number | null
  /** Real time on the wire, in milliseconds. */
  readonly elapsedMs: number
  readonly contentType: string | null
  readonly request: Params
  /** The answer's body, when it has a media type that Twilio reads as TwiML. */
  readonly twiml?: string
  /** Why no answer came. */
  readonly failure?: string
}

/** One thing that happened in a call. Plain values throughout, so that it can be sent as JSON. */
export type CallMoment =
  | WebhookEvent
  | {
      readonly kind: 'say'
      readonly text: string
      /** How often it is said; 0 means until the call ends. */
      readonly loop: number
      readonly language?: string
      readonly voice?: string
    }
  | { readonly kind: 'play'; readonly url: string; readonly loop: number }
  | { readonly kind: 'play'; readonly digits: string; readonly loop: number }
  | { readonly kind: 'pause'; readonly seconds: number }
  /** The prompts of a `<Gather>` have been heard and the line waits. (It listens during the prompts too.) */
  | {
      readonly kind: 'gather'
      readonly input: readonly InputKind[]
      readonly timeoutSeconds: number
      readonly finishOnKey: string
      readonly numDigits?: number
      readonly language?: string
      readonly hints?: string
    }
  | { readonly kind: 'caller'; readonly action: CallerAction; readonly input: LineInput }
  | {
      readonly kind: 'record'
      readonly maxLengthSeconds: number
      readonly timeoutSeconds: number
      readonly finishOnKey: string
      readonly playBeep: boolean
    }
  | { readonly kind: 'dial'; readonly targets: readonly DialTarget[]; readonly status: DialCallStatus }
  | {
      readonly kind: 'enqueue'
      readonly queueSid: string
      readonly queue?: string
      readonly workflowSid?: string
      /** Text of the `<Task>`: the attributes as the application wrote them. */
      readonly taskAttributes?: string
      readonly taskPriority?: number
      readonly taskTimeoutSeconds?: number
    }
  /** An agent has taken the call. */
  | { readonly kind: 'agent' }
  | { readonly kind: 'dequeue'; readonly queueSid: string; readonly result: string; readonly seconds: number }
  | { readonly kind: 'redirect'; readonly path: string; readonly method: HttpMethod }
  | { readonly kind: 'reject'; readonly reason: 'rejected' | 'busy' }
  | {
      readonly kind: 'hang-up'
      readonly by: 'caller' | 'application' | 'twilio'
      readonly reason: EndReason
    }
  /** A code of Twilio, or null where only this engine is to blame: a verb of Twilio that it cannot play. */
  | { readonly kind: 'warning'; readonly code: number | null; readonly reason: string }
  | ({ readonly kind: 'application-error' } & TwilioError)

/** A moment of a call, with the time on the simulated line. */
export type CallEvent = CallMoment & {
  /** Simulated seconds since the call came in. */
  readonly atSeconds: number
}

/** Whom a `<Dial>` calls: the noun's name (`Number` also for bare text) and its text. */
export interface DialTarget {
  readonly noun: string
  readonly value: string
}

/** How the dialled leg ended. */
export type DialCallStatus = 'completed' | 'answered' | 'busy' | 'no-answer' | 'failed' | 'canceled'

/** A finished call. */
export interface CallResult {
  readonly callSid: string
  /** `application-error` when the caller heard Twilio's apology; a fallback URL that saves the call completes it. */
  readonly outcome: 'completed' | 'application-error'
  /** Simulated length in whole seconds. */
  readonly durationSeconds: number
  readonly events: readonly CallEvent[]
}
