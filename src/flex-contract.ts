/**
 * Wire types between the Flex plugin and the functions that it asks.
 * Types only: nothing is left of this file when it is compiled.
 */
import type {
  AssuranceLevel,
  AttestationLevel,
  Candidate,
  CustomerResponse,
  ForgetReceipt,
  Identity,
  IntentStatus,
  MemoryState,
  Tier,
  VerificationOutcome,
} from './contract.ts'

/**
 * What an agent writes while wrapping up. The plugin keeps it in the task's attributes as
 * `caller_context: { draft }`, from where the functions save it when the tab is closed.
 */
export interface WrapUpDraft {
  /** Whose draft it is: a task may have several agents, one after the other. */
  readonly reservation_sid?: string
  readonly intent?: string
  readonly intent_status?: IntentStatus
  readonly notes?: string
  readonly disposition?: string
  readonly variables?: Readonly<Record<string, string>>
}

/** Form body of `caller-context`. */
export interface CallerPanelForm {
  /** The agent's Flex token. */
  readonly Token: string
  readonly call_sid: string
}

/** How many saves wait for the memory, and for a person. */
export interface PendingSavesCount {
  readonly pending: number
  readonly set_aside: number
  /** Whether there are more than were counted. */
  readonly more: boolean
}

/** Why the panel shows no customer: an outage, a memory that cannot tell, nobody known, or a person forgotten. */
export type CustomerState = 'available' | 'unavailable' | 'unsupported' | 'unknown' | 'forgotten'

/** What an agent said of who is calling, and how it can be taken back. */
export interface CallerCorrection {
  readonly verdict: Exclude<CallerVerdict, 'undo'>
  /** Null when nothing moved, so that there is nothing to take back. */
  readonly correction_id: string | null
}

/** What an agent can say of who is calling. `another` is one of the candidates. */
export type CallerVerdict = 'right_person' | 'wrong_person' | 'another' | 'undo'

/** Answer of `caller-context`: everything that the panel shows. */
export interface CallerPanelResponse {
  readonly call_sid: string
  /** Whose call it is now. */
  readonly customer_ref: string | null
  /** What the memory and the network made of the caller when the call began; a correction changes nothing of it. */
  readonly tier: Tier
  /** How sure the memory was of this call's caller, and why. Null when it named nobody, or somebody else. */
  readonly identity: Pick<Identity, 'confidence' | 'level' | 'sources'> | null
  readonly assurance: AssuranceLevel
  /** How the caller was verified, or why not. */
  readonly verification: VerificationOutcome
  /** How far the network vouches for the number; null when it does not say. */
  readonly attestation: AttestationLevel | null
  readonly forwarded: boolean
  /** What an agent said of who is calling; null when nobody has, or when it was taken back. */
  readonly correction: CallerCorrection | null
  /** Whether the memory took part when the call began. */
  readonly memory: MemoryState
  /** ISO-8601, UTC. */
  readonly call_start: string
  readonly intent: string | null
  /** The caller's own words. Text, never markup. */
  readonly said: string | null
  /** Whether the final record of the call has landed. */
  readonly saved: boolean
  readonly customer_state: CustomerState
  readonly customer: CustomerResponse | null
  /** Who may be calling, without the one of whom an agent said that it is not. */
  readonly candidates: readonly Candidate[]
  /** Null while the list cannot be read. */
  readonly pending_saves: PendingSavesCount | null
  /** Whether the role of this agent may forget customers. */
  readonly may_forget: boolean
}

/** Form body of `save-context`. */
export interface SaveContextForm {
  readonly Token: string
  readonly call_sid: string
  readonly reservation_sid: string
  /** Says whose call it is when Sync could not keep the call's session. */
  readonly task_sid?: string
  /** The plugin's own name for this save: the same one again changes nothing. */
  readonly save_id?: string
  readonly intent?: string
  readonly intent_status?: IntentStatus
  readonly notes?: string
  readonly disposition?: string
  /** A JSON object of texts. */
  readonly variables?: string
}

/**
 * What became of a wrap-up. `pending`: kept, and delivered later. `set-aside`: kept for a person. `saved-before`:
 * the same save again. `nothing-new`: it held nothing. `not-kept`: the caller cannot be told from another.
 * `forgotten`: the customer is.
 */
export type SaveReceiptStatus =
  'saved' | 'pending' | 'set-aside' | 'saved-before' | 'nothing-new' | 'not-kept' | 'forgotten'

/** Answer of `save-context`. Every other answer means that the plugin has to send it again. */
export interface SaveReceipt {
  readonly status: SaveReceiptStatus
  readonly customer_ref: string | null
}

/** Form body of `correct-caller`. */
export interface CorrectCallerForm {
  readonly Token: string
  readonly call_sid: string
  readonly verdict: CallerVerdict | 'forget'
  /** One of the candidates, for `another`. */
  readonly customer_ref?: string
  /** From an earlier answer, for `undo`. */
  readonly correction_id?: string
}

/** Answer of `correct-caller` to every verdict but `forget`. */
export interface CorrectCallerResponse {
  /** Whose call it is now. */
  readonly customer_ref: string
  /** With this the correction can be undone; null when nothing moved. */
  readonly correction_id: string | null
}

/** Answer of `correct-caller` to `forget`. */
export interface ForgetCallerResponse {
  readonly receipt: ForgetReceipt
  readonly pending_saves_removed: number
  readonly sessions_cleared: number
  /** Whether every session and pending save was looked at; if not, ask again. */
  readonly complete: boolean
}
