import type {
  AttestationLevel,
  Candidate,
  Identity,
  IntentStatus,
  LineType,
  OpenIntent,
  Variable,
} from '../contract.ts'

/** What is known of a call when it begins. */
export interface CallHints {
  /**
   * Twilio's CallSid; starts and ends are idempotent by it. A second identification on the same call has other
   * hints, so it needs an id of its own that is made from the CallSid.
   */
  readonly callSid: string
  /** The calling number, E.164. Absent for a withheld caller: it must never be replaced by a placeholder. */
  readonly ani?: string
  /** The number dialled, E.164. */
  readonly dnis?: string
  /** What kind of line the number is, where that is known. */
  readonly lineType?: LineType
  /** How far the network vouches for the number; absent when it does not say. */
  readonly attestation?: AttestationLevel
  /** The call was forwarded on its way. */
  readonly forwarded?: boolean
  /** Keys by which other systems know the customer, by namespace: an account number, a CRM id. */
  readonly externalIds?: Readonly<Record<string, string>>
}

/** What the memory knows of the caller. A caller never seen before has confidence 0. */
export interface CallerContext {
  readonly customerRef: string
  readonly identity: Identity
  readonly openIntents: readonly OpenIntent[]
  readonly variables: Readonly<Record<string, Variable>>
  /** Who may be calling, when several people share the number. */
  readonly candidates?: readonly Candidate[]
}

/** What a call taught us, to be kept for the next one. */
export interface CallRecord {
  /** The CallSid; what is added to a call later has a name derived from it, such as `<CallSid>:2`. */
  readonly callSid: string
  /** The customer that the start named. */
  readonly customerRef?: string
  /** Finds the customer when the start never happened or its answer was lost. */
  readonly ani?: string
  /** Absent: the record says nothing about what the call was about. */
  readonly intent?: string
  readonly intentStatus?: IntentStatus
  readonly variables: Readonly<Record<string, string>>
}

/** Proof that a record was kept. */
export interface CallReceipt {
  readonly customerRef: string
}

/**
 * Persistent memory of callers, whoever provides it.
 *
 * Every method answers within the adapter's total deadline or throws a CallerMemoryError whose code begins
 * with `CM_MEMORY_`. Repeating a call with the same CallSid and the same content changes nothing.
 */
export interface CallerMemory {
  readonly startCall: (hints: CallHints) => Promise<CallerContext>
  readonly endCall: (record: CallRecord) => Promise<CallReceipt>
}
