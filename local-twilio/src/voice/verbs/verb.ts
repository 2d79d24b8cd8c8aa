import type { Call } from '../call.ts'
import type { WebhookRequest } from '../deliver-webhook.ts'
import type { EndReason } from '../events.ts'
import type { TwimlElement } from '../parse-twiml.ts'

/** The end of a call: who ended it, and why. */
export interface CallEnd {
  readonly kind: 'end'
  readonly by: 'caller' | 'application' | 'twilio'
  readonly reason: EndReason
}

/** Where a call goes after a verb: on in the document, to another one, out of the queue, or to its end. */
export type Step =
  | { readonly kind: 'next' }
  | { readonly kind: 'goto'; readonly request: WebhookRequest }
  | { readonly kind: 'leave' }
  | CallEnd

/** How the document that a caller hears in a queue ended. */
export type WaitOutcome = { readonly kind: 'waited' } | { readonly kind: 'leave' } | CallEnd

/** What a verb works with. */
export interface VerbContext {
  readonly call: Call
  /** The document's own URL: relative URLs refer to it, and verbs without an action ask it again. */
  readonly documentUrl: string
  /** Whether the document plays to a caller in a queue. */
  readonly inQueue: boolean
  /** Plays a document to a caller who waits in a queue. */
  readonly wait: (request: WebhookRequest) => Promise<WaitOutcome>
}

/** Carries out one element of a document. */
export type Verb = (element: TwimlElement, context: VerbContext) => Promise<Step>

/** Go on with the next verb. */
export const NEXT: Step = { kind: 'next' }

/** The call has lasted as long as Twilio allows. */
export const LONGEST_CALL: CallEnd = { kind: 'end', by: 'twilio', reason: 'longest-call' }
