import type { VerificationOutcome } from '../../../src/contract.ts'
import type { Evidence } from './evidence.ts'
import type { Suggestion } from './suggestion.ts'

/**
 * What the panel says at first glance. `confirmed`: an agent said who it is. `unlinked`: an agent said that it is
 * not the one whom the memory named. `shared`: several people use this number. `withheld`: the number is hidden,
 * so nobody could be looked up. `unavailable`: the memory could not be asked, which is not the same as `new`.
 * `unasked`: the task did not come through the caller memory.
 */
export type CallerKind =
  | 'recognized'
  | 'likely'
  | 'possible'
  | 'confirmed'
  | 'unlinked'
  | 'shared'
  | 'new'
  | 'withheld'
  | 'unavailable'
  | 'unasked'

/** A matter that is not settled. */
export interface OpenMatter {
  readonly intent: string
  readonly attempts: number
}

/** A matter that is settled, or that nobody has come back to for long. */
export interface SettledMatter {
  readonly intent: string
  readonly status: string
  /** ISO-8601. */
  readonly settledAt: string
}

/** A remembered value. */
export interface RememberedValue {
  readonly name: string
  readonly value: string
  /** Who wrote it, where the memory knows: `agent`, `ivr`. */
  readonly source?: string
  /** Whole days until it is forgotten, where the memory says. */
  readonly daysLeft?: number
}

/** An earlier contact. Times are ISO-8601. */
export interface Contact {
  readonly startedAt: string
  readonly durationSeconds?: number
  /** What it was about. A call may have had several matters. */
  readonly matters: readonly { readonly intent: string; readonly status: string }[]
}

/** One of several people who may be calling. */
export interface CandidateView {
  readonly customerRef: string
  /** From 0 to 1. */
  readonly confidence: number
  readonly lastContactAt: string
}

/** How far the caller is authenticated, and by what or why not. */
export interface AssuranceView {
  readonly level: 'none' | 'attested' | 'verified'
  readonly verification: VerificationOutcome
}

/** Everything that the panel shows of a caller. Texts are as remembered: data, never markup. */
export interface CallerView {
  readonly kind: CallerKind
  /** From 0 to 1; absent where nobody was found. */
  readonly confidence?: number
  readonly evidence: readonly Evidence[]
  readonly assurance: AssuranceView
  readonly phone?: string
  readonly customerRef?: string
  readonly callSid?: string
  readonly lastContactAt?: string
  readonly suggestion?: Suggestion
  readonly openMatters: readonly OpenMatter[]
  readonly settledMatters: readonly SettledMatter[]
  readonly values: readonly RememberedValue[]
  /** The newest first. */
  readonly contacts: readonly Contact[]
  readonly candidates: readonly CandidateView[]
  /** What this call is about, as the caller said. */
  readonly intent?: string
  /** The caller's own words for it. */
  readonly said?: string
  /** Language tag that the caller heard. */
  readonly language?: string
  readonly isVip: boolean
  /** The agent whom the caller should get. */
  readonly preferredAgent?: string
}

/** What is shown of a caller of whom nothing is known. */
export const NOBODY: CallerView = {
  kind: 'unasked',
  evidence: [],
  assurance: { level: 'none', verification: 'not_asked' },
  openMatters: [],
  settledMatters: [],
  values: [],
  contacts: [],
  candidates: [],
  isVip: false,
}

const SOMEBODY: ReadonlySet<CallerKind> = new Set(['recognized', 'likely', 'possible', 'confirmed', 'shared'])

/** Whether a kind stands for somebody whose past may be shown. */
export function isSomebody(kind: CallerKind): boolean {
  return SOMEBODY.has(kind)
}

/** The same call, by somebody who is not the one whom the memory named. */
export function unlinked(view: CallerView): CallerView {
  const { phone, callSid, assurance, intent, said, language, customerRef, candidates } = view
  return {
    ...NOBODY,
    kind: 'unlinked',
    assurance,
    evidence: view.evidence.filter(({ key }) => key.startsWith('attestation_') || key === 'forwarded'),
    candidates: candidates.filter((candidate) => candidate.customerRef !== customerRef),
    suggestion: { key: 'ask_details' },
    ...(phone !== undefined && { phone }),
    ...(callSid !== undefined && { callSid }),
    ...(intent !== undefined && { intent }),
    ...(said !== undefined && { said }),
    ...(language !== undefined && { language }),
  }
}
