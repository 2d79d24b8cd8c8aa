import type { Evidence } from './evidence.ts'
import type { Suggestion } from './suggestion.ts'

/**
 * What the panel says at first glance. `shared`: several people use this number. `withheld`: the number is hidden,
 * so nobody could be looked up. `unavailable`: the memory could not be asked, which is not the same as `new`.
 */
export type CallerKind = 'recognized' | 'likely' | 'possible' | 'shared' | 'new' | 'withheld' | 'unavailable'

/** How far the caller is authenticated. */
export type Assurance = 'none' | 'attested' | 'verified'

/** A matter that is not settled. */
export interface OpenMatter {
  readonly intent: string
  readonly attempts: number
}

/** A remembered value. */
export interface RememberedValue {
  readonly name: string
  readonly value: string
  /** Who wrote it, where the memory knows. */
  readonly source?: string
}

/** An earlier contact. Times are ISO-8601. */
export interface Contact {
  readonly startedAt: string
  readonly durationSeconds?: number
  readonly intent?: string
  readonly status?: string
}

/** One of several people who may be calling. */
export interface Candidate {
  readonly customerRef: string
  /** From 0 to 1. */
  readonly confidence: number
  readonly lastContactAt: string
}

/** Everything that the panel shows of a caller. Texts are as remembered: data, never markup. */
export interface CallerView {
  readonly kind: CallerKind
  /** From 0 to 1; absent where nobody was found. */
  readonly confidence?: number
  readonly evidence: readonly Evidence[]
  readonly assurance: Assurance
  /** How the caller was verified, or why not. */
  readonly assuranceReason?: string
  readonly phone?: string
  readonly customerRef?: string
  readonly callSid?: string
  readonly lastContactAt?: string
  readonly suggestion?: Suggestion
  readonly openMatters: readonly OpenMatter[]
  readonly values: readonly RememberedValue[]
  /** The newest first. */
  readonly contacts: readonly Contact[]
  readonly candidates: readonly Candidate[]
  /** What this call is about, as the caller said. */
  readonly intent?: string
  /** The caller's own words for it. */
  readonly said?: string
}
