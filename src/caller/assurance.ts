import type { AssuranceLevel, SkipPolicy, Tier, VerificationOutcome } from '../contract.ts'
import type { Attestation } from './attestation.ts'

declare const proven: unique symbol

/**
 * How far a caller is authenticated, and by what. It comes out of the functions of this file only: nothing that
 * holds a confidence, a tier or a remembered value can be turned into one.
 */
export interface Assurance {
  readonly level: AssuranceLevel
  readonly verification: VerificationOutcome
  readonly [proven]: true
}

/** What a check of a one-time code found. Only `approved` proves anything. */
export type CodeCheck = 'approved' | 'wrong' | 'too-many' | 'expired' | 'unavailable'

/**
 * What the network's word alone is worth: `attested` for a recognized caller whose carrier vouches for the number
 * (attestation A) on a call that was not forwarded. Everybody else has `none`.
 */
export function attest(tier: Tier, { level, diverted }: Attestation): Assurance {
  const attested = tier === 'recognized' && level === 'A' && !diverted
  return make(attested ? 'attested' : 'none', 'not_asked')
}

/** Assurance from a code that the caller read back from the calling number, and none from anything else. */
export function verifyByCode(
  check: CodeCheck,
  otherwise: VerificationOutcome,
  approved: 'code' | 'code_and_account' = 'code',
): Assurance {
  return check === 'approved' ? make('verified', approved) : unverified(otherwise)
}

/** No assurance, and why. An agent has to ask. */
export function unverified(verification: VerificationOutcome): Assurance {
  return make('none', verification)
}

/**
 * Whether the caller may go on without being verified. Under `confidence` this is true of recognized callers whom
 * nobody vouches for; their assurance stays what it is.
 */
export function skipsVerification(policy: SkipPolicy, tier: Tier, { level }: Assurance): boolean {
  if (level === 'verified') return true
  switch (policy) {
    case 'never':
      return false
    case 'attested':
      return level === 'attested'
    case 'confidence':
      return level === 'attested' || tier === 'recognized'
  }
}

const LEVELS: Readonly<Record<AssuranceLevel, true>> = { none: true, attested: true, verified: true }
const OUTCOMES: Readonly<Record<VerificationOutcome, true>> = {
  not_asked: true,
  code: true,
  code_and_account: true,
  not_configured: true,
  withheld: true,
  landline: true,
  sim_swapped: true,
  number_reassigned: true,
  no_answer: true,
  code_wrong: true,
  number_not_on_file: true,
  unavailable: true,
}

/** Reads an assurance that a session kept. What is none, or no longer one, gives no assurance. */
export function readAssurance(kept: unknown): Assurance {
  const { level, verification } = (typeof kept === 'object' && kept !== null ? kept : {}) as {
    level?: unknown
    verification?: unknown
  }
  const known = typeof verification === 'string' && Object.hasOwn(OUTCOMES, verification)
  if (typeof level !== 'string' || !Object.hasOwn(LEVELS, level) || !known) return unverified('not_asked')
  return make(level as AssuranceLevel, verification as VerificationOutcome)
}

function make(level: AssuranceLevel, verification: VerificationOutcome): Assurance {
  return { level, verification } as Assurance
}
