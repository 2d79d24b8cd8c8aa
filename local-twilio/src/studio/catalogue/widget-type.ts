/** The JSON type that a property must have. `pairs` is a list of `{ key, value }`. */
export type PropertyKind = 'string' | 'integer' | 'boolean' | 'object' | 'list' | 'pairs'

/** What is known of a property. */
export interface PropertyRule {
  readonly kind: PropertyKind
  /** Another JSON type that older exports carry. */
  readonly alsoKind?: PropertyKind
  readonly required?: true
  readonly oneOf?: readonly string[]
  /** Whether its text is a JSON document: always, or when the content type says so. */
  readonly json?: 'always' | 'by-content-type'
}

/**
 * What becomes of an event that leads nowhere. `failure`: the call ends where something failed; `silence`: the
 * call ends where the caller waits for an answer; `end`: an ordinary end.
 */
export type EventRule = 'failure' | 'silence' | 'end'

/** A widget type of Studio. */
export interface WidgetType {
  readonly properties: Readonly<Record<string, PropertyRule>>
  readonly events: Readonly<Record<string, EventRule>>
  /** Speaks TwiML to the call: answers it, and ends the execution when the caller has hung up. */
  readonly twiml?: true
  /** Properties that other documents name, and what exports call them. */
  readonly misnamed?: Readonly<Record<string, string>>
  /** Exists at Twilio, but its properties and behaviour are not known well enough. */
  readonly unmodelled?: true
}

export const text: PropertyRule = { kind: 'string' }
export const requiredText: PropertyRule = { kind: 'string', required: true }
export const whole: PropertyRule = { kind: 'integer' }
export const flag: PropertyRule = { kind: 'boolean' }
export const pairs: PropertyRule = { kind: 'pairs' }
