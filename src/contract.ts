/**
 * Wire types shared by the functions, the memory server, the simulator and the Flex plugin.
 * Types only: this file imports nothing and leaves nothing behind when compiled.
 *
 * The names are those of the Sticky Calls API, so that the hosted service and the self-hosted server
 * stay interchangeable.
 */

/** What Twilio Lookup knows of a line. */
export type LineType = 'mobile' | 'landline' | 'voip' | 'unknown'

/** The API's bands of `confidence`: very_high from 0.9, high from 0.7, medium from 0.5, low below. */
export type IdentityLevel = 'very_high' | 'high' | 'medium' | 'low'

/** What the API advises: reuse from 0.5, confirm from 0.3, ignore below. */
export type Recommendation = 'reuse' | 'confirm' | 'ignore'

/** How far the network vouches for the number: STIR/SHAKEN's A, B, C, or a signature that does not fit. */
export type AttestationLevel = 'A' | 'B' | 'C' | 'failed'

/** What the telephone network knows of the number and the call. */
export interface Telco {
  readonly line_type?: LineType
  /** Beyond the vendor's API: the self-hosted server weighs it. */
  readonly attestation?: AttestationLevel
  /** Beyond the vendor's API: the call was forwarded, so the number may be the forwarder's. */
  readonly forwarded?: boolean
}

/** How an intent ended. Only `open` ones come back on the next call. */
export type IntentStatus = 'open' | 'resolved' | 'abandoned'

/** Keys by which a customer may be found. At least one of ani, external_ids, customer_ref is needed. */
export interface IdentityHints {
  /** The number that the network presents, E.164. Never sent for a withheld caller. */
  readonly ani?: string
  /** The number dialled, E.164. Does not identify anybody on its own. */
  readonly dnis?: string
  /** Keys of other systems, by namespace: `{ crm_id: '123' }`. Never a per-call id. */
  readonly external_ids?: Readonly<Record<string, string>>
  /** Reference returned by an earlier answer. */
  readonly customer_ref?: string
}

/** Body of `POST /v1/calls/start`. */
export interface StartCallRequest {
  /** Unique for this call, at most 128 characters. Twilio's CallSid is the natural choice. */
  readonly call_id: string
  readonly identity_hints: IdentityHints
  readonly telco?: Telco
}

/** How sure the memory is that the caller is this customer, and why. */
export interface Identity {
  /** Probability from 0 to 1. */
  readonly confidence: number
  readonly level: IdentityLevel
  /** Evidence in the API's notation, for example `ani:mobile`, `recency:2day`. */
  readonly sources: readonly string[]
  readonly recommendation: Recommendation
}

/** Why the customer called earlier, not settled yet. */
export interface OpenIntent {
  readonly intent: string
  readonly status: string
  /** How many calls ended with this intent still open. */
  readonly attempt_count: number
}

/** A named value remembered for a customer. Written as a plain string, read back in this form. */
export interface Variable {
  readonly value: string
  /** Who wrote it, where the memory knows. */
  readonly source: string | null
  /** Seconds until it is forgotten. */
  readonly ttl_seconds: number
}

/** One of several customers on a shared number. */
export interface Candidate {
  readonly customer_ref: string
  /** Probability from 0 to 1 that it is this one. */
  readonly confidence: number
  /** ISO-8601, UTC. */
  readonly last_contact_at: string
}

/** Answer of `POST /v1/calls/start`. An unknown caller gets confidence 0 and a fresh `customer_ref`. */
export interface StartCallResponse {
  readonly call_id: string
  /** @maxLength 128 */
  readonly customer_ref: string
  /**
   * ISO-8601, UTC, milliseconds.
   * @maxLength 32
   */
  readonly call_start: string
  readonly identity: Identity
  readonly open_intents: readonly OpenIntent[]
  readonly variables: Readonly<Record<string, Variable>>
  /** Beyond the vendor's API: who may be calling, when the number is shared and nothing else tells. Latest first. */
  readonly candidates?: readonly Candidate[]
}

/** Body of `POST /v1/calls/end`. */
export interface EndCallRequest {
  /** The `call_id` of the start, or a new one for an end that stands alone. */
  readonly call_id: string
  readonly customer_ref?: string
  /** Stands in for `customer_ref` when there is none. */
  readonly identity_hints?: IdentityHints
  readonly intent?: string
  readonly intent_status?: IntentStatus
  /** Beyond the vendor's API: further intents of the call. */
  readonly intents?: readonly IntentOutcome[]
  readonly variables?: Readonly<Record<string, string | VariableInput>>
  /** Beyond the vendor's API: who wrote the variables, unless one says otherwise. */
  readonly source?: string
  /** Beyond the vendor's API: how long the variables are remembered, unless one says otherwise. */
  readonly ttl_seconds?: number
}

/** Why a customer called, and how that ended. */
export interface IntentOutcome {
  readonly intent: string
  readonly intent_status: string
}

/** A variable with its own source and time to live. Beyond the vendor's API, which takes plain strings. */
export interface VariableInput {
  readonly value: string | null
  readonly source?: string
  readonly ttl_seconds?: number
}

/** Answer of `POST /v1/calls/end`. */
export interface EndCallResponse {
  readonly call_id: string
  readonly customer_ref: string
  readonly call_start: string
  readonly call_end: string
  readonly duration_seconds: number
  readonly intents_updated: number
  readonly variables_updated: number
  /** How many variables stayed as an agent wrote them. Not in the vendor's answer. */
  readonly variables_kept?: number
  /** How many things of each kind were removed before storage: `{ card: 1 }`. Not in the vendor's answer. */
  readonly redacted?: Readonly<Record<string, number>>
}

/** One thing wrong with a request: where, and what was expected there. */
export interface ErrorIssue {
  readonly path: readonly string[]
  readonly message: string
}

/** Body of every answer that is not 2xx. */
export interface ErrorBody {
  /** The HTTP reason phrase, for example `Bad Request`. */
  readonly error: string
  readonly message: string
  readonly details?: { readonly issues: readonly ErrorIssue[] }
}

/** What flows branch on. Thresholds are settings: 0.9, 0.7 and 0.3 unless changed. */
export type Tier = 'recognized' | 'likely' | 'possible' | 'new'

/**
 * Whether the memory took part in this call. `unavailable` is a fault that an agent must be told;
 * `not_asked` means that there was nothing to ask it with (a withheld number).
 */
export type MemoryState = 'available' | 'unavailable' | 'not_asked'

/** One reason for a confidence, as a number. The sum of all is the log-odds of the confidence. */
export interface EvidenceWeight {
  readonly source: string
  readonly log_odds: number
}

/** A key by which a customer is found. */
export interface CustomerLink {
  readonly kind: 'ani' | 'external_id'
  /** Under which name an external id was sent; null for a number, and where it was not kept. */
  readonly namespace: string | null
  /** The number or id, masked unless revealing it was asked for; null where only its hash is kept. */
  readonly value: string | null
  readonly first_seen: string
  readonly last_seen: string
  /** How many customers have this key, this one included. */
  readonly customers: number
  /** What this key alone would say for the customer on a call now. */
  readonly evidence: { readonly confidence: number; readonly contributions: readonly EvidenceWeight[] }
}

/** A call of a customer. The end is null while it goes on, or when it was never told. */
export interface CustomerCall {
  readonly call_start: string
  readonly call_end: string | null
  readonly duration_seconds: number | null
  /** The first of the intents. */
  readonly intent: string | null
  readonly intent_status: string | null
  /** Every intent that the end named. */
  readonly intents: readonly IntentOutcome[]
}

/** An intent that is not open any more: resolved, abandoned, or expired because no call named it for long. */
export interface SettledIntent {
  readonly intent: string
  readonly status: string
  /** When it was settled, or when it expired. */
  readonly settled_at: string
}

/** Answer of `GET /v1/customers/{customer_ref}`: what a start with the reference would say, and why. */
export interface CustomerResponse {
  readonly customer_ref: string
  readonly created_at: string
  readonly last_contact_at: string
  readonly identity: Identity
  readonly open_intents: readonly OpenIntent[]
  readonly settled_intents: readonly SettledIntent[]
  readonly variables: Readonly<Record<string, Variable>>
  /** The latest first, at most 50. */
  readonly calls: readonly CustomerCall[]
  readonly links: readonly CustomerLink[]
  /** Customers who became part of this one. Their references lead to it. */
  readonly merged: readonly MergedCustomer[]
}

/** A customer who became part of another. */
export interface MergedCustomer {
  readonly customer_ref: string
  /** The customer it was merged into, which may itself have become part of another since. */
  readonly into: string
  readonly merged_at: string
}

/** Answer of `POST /v1/customers/{customer_ref}/merge`. */
export interface MergeResponse {
  /** The customer that both are now. */
  readonly customer_ref: string
  /** The reference that leads there from now on. */
  readonly merged_customer_ref: string
  readonly merged_at: string
}

/** Answer of `POST /v1/customers/{customer_ref}/unmerge`. */
export interface UnmergeResponse {
  readonly customer_ref: string
  /** The customer it was part of; null when it was part of none. */
  readonly separated_from: string | null
}

/** Answer of `DELETE /v1/customers/{customer_ref}`: how many rows of each kind went. */
export interface ForgetReceipt {
  readonly customer_ref: string
  readonly forgotten_at: string
  readonly counts: Readonly<Record<string, number>>
}

/** One call that a recall found, with what was said on it. */
export interface RecalledCall {
  readonly call_start: string
  readonly call_end: string
  /** The first of the intents. */
  readonly intent: string | null
  readonly intent_status: string | null
  /** Every intent that the end named. */
  readonly intents: readonly IntentOutcome[]
  readonly variables: Readonly<Record<string, string>>
  /** How well it fits the query, above 0; null without a query. Comparable within one answer only. */
  readonly score: number | null
}

/** Answer of `GET /v1/customers/{customer_ref}/recall`. */
export interface RecallResponse {
  readonly customer_ref: string
  readonly results: readonly RecalledCall[]
}

/** Answer of `POST /v1/calls/{call_id}/correct`. */
export interface CorrectCallResponse {
  readonly call_id: string
  /** Whose call it is now. */
  readonly customer_ref: string
  /** With this the correction can be undone; null when nothing changed. */
  readonly correction_id: string | null
}

/**
 * What a task carries to the agent: TaskRouter attributes, flat, under the names that the Flex plugin reads.
 * At most 1,000 characters as JSON, cut by priority.
 */
export interface CallerTask {
  readonly type: 'inbound'
  /** What the task list shows: the calling number as the network presents it. */
  readonly name: string
  readonly tier: Tier
  readonly memory: MemoryState
  /** How far the caller is authenticated. */
  readonly assurance: AssuranceLevel
  readonly verification: VerificationOutcome
  /** Empty when the memory named nobody, or the caller said that it is somebody else. */
  readonly customer_ref: string
  readonly identity_confidence: number
  readonly identity_level: IdentityLevel | 'none'
  /** How many calls this matter has taken, this one included. */
  readonly attempt: number
  readonly vip: boolean
  /** Set in Studio flows; everywhere else Twilio adds it by itself. */
  readonly call_sid?: string
  readonly call_start: string
  /** The open intents as JSON text. */
  readonly open_intents: string
  /** The remembered variables as JSON text: each name with its value. */
  readonly variables: string
  /** Label of what this call is about, once the caller has said so. */
  readonly intent?: string
  /** The worker who is to have the call if possible. */
  readonly preferred_agent?: string
  /** Language tag that the caller hears. */
  readonly language?: string
  /** When the customer called before. */
  readonly last_contact_at?: string
  /** The caller's own words for what it is about, at most 160 characters. */
  readonly reason?: string
  /** Why the memory is so sure, and what the network says of the number, as a JSON text. */
  readonly identity_sources?: string
}

/** Answer of the function `get-caller-context`, read by a Studio flow. Below 4,000 bytes. */
export interface CallerContextAnswer {
  readonly tier: Tier
  readonly memory: MemoryState
  /**
   * Ready to be spoken: no markup, nothing that Liquid or SSML would read.
   * @maxLength 600
   */
  readonly greeting: string
  /**
   * The question after the greeting, ready to be spoken.
   * @maxLength 300
   */
  readonly confirm_prompt: string
  /** @maxJsonLength 1000 */
  readonly task: CallerTask
  /** @maxLength 128 */
  readonly customer_ref: string
  /**
   * @minimum 0
   * @maximum 1
   */
  readonly identity_confidence: number
  readonly identity_level: IdentityLevel | 'none'
  /**
   * The remembered variables as JSON text, in the API's form.
   * @maxLength 800
   */
  readonly variables: string
  /**
   * The open intents as JSON text, in the API's form.
   * @maxLength 400
   */
  readonly open_intents: string
  /**
   * ISO-8601, UTC.
   * @maxLength 32
   */
  readonly call_start: string
}

/** Answer of the function `confirm-caller`: what is true after the caller's answer. */
export interface ConfirmCallerAnswer extends CallerContextAnswer {
  /** `unclear` also when the caller said what the call is about instead. */
  readonly confirmed: 'yes' | 'no' | 'unclear'
}

/** How far the caller of a call is authenticated. Confidence never raises it. */
export type AssuranceLevel = 'none' | 'attested' | 'verified'

/** When a caller need not be verified: the setting SKIP_VERIFICATION. */
export type SkipPolicy = 'never' | 'attested' | 'confidence'

/**
 * What became of verification, in the attribute `verification` of a task. `code` and `code_and_account` are
 * successes; the others say why an agent has to ask.
 */
export type VerificationOutcome =
  /** Nothing had to be verified, or nobody got that far. */
  | 'not_asked'
  /** A code sent to the calling number was read back. */
  | 'code'
  /** The same, and the account number is one that the memory knows for this number. */
  | 'code_and_account'
  | 'not_configured'
  /** The caller hides the number. */
  | 'withheld'
  /** The number cannot receive a text message. */
  | 'landline'
  /** The number's SIM card was exchanged lately: a code may reach somebody else. */
  | 'sim_swapped'
  /** The number went to somebody else since the customer called. */
  | 'number_reassigned'
  /** The caller gave no account number or no code. */
  | 'no_answer'
  | 'code_wrong'
  /** The account number belongs to somebody who never called from this number. */
  | 'number_not_on_file'
  /** Twilio Verify was away, slow or refused. */
  | 'unavailable'

/** Something that happened to a customer. */
export interface FeedEvent {
  /** The same when an event is told again. */
  readonly id: string
  /** `customer.created`, `call.started`, `call.ended`, `call.corrected`, `customer.merged`, `customer.unmerged`, `customer.forgotten`. */
  readonly kind: string
  readonly at: string
  /** Null for a customer who was forgotten. */
  readonly customer_ref: string | null
  /** SHA-256 of the reference of a customer who was forgotten; null for all others. */
  readonly customer_ref_sha256: string | null
}

/** Answer of `GET /v1/events`. */
export interface EventsResponse {
  /** Oldest first. */
  readonly events: readonly FeedEvent[]
  /** Where to go on. */
  readonly cursor: string
  /** Whether the cursor is older than what is kept, so that events may have been missed. */
  readonly gap: boolean
}
