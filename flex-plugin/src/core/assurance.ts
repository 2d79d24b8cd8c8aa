import type { VerificationOutcome } from '../../../src/contract.ts'
import type { AssuranceView } from './view.ts'

const LEVELS: Readonly<Record<AssuranceView['level'], true>> = { none: true, attested: true, verified: true }

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

/** Every outcome of a verification that there are words for. */
export const VERIFICATION_OUTCOMES: readonly string[] = Object.keys(OUTCOMES)

/** Reads an assurance. What is none, or none that this version knows, proves nothing. */
export function assuranceOf(level: unknown, verification: unknown): AssuranceView {
  return {
    level: isOneOf(LEVELS, level) ? level : 'none',
    verification: isOneOf(OUTCOMES, verification) ? verification : 'not_asked',
  }
}

function isOneOf<Name extends string>(names: Readonly<Record<Name, true>>, value: unknown): value is Name {
  return typeof value === 'string' && Object.hasOwn(names, value)
}

const DOUBTFUL: ReadonlySet<VerificationOutcome> = new Set<VerificationOutcome>([
  'sim_swapped',
  'number_reassigned',
  'code_wrong',
  'number_not_on_file',
])

/** Whether the verification failed in a way that speaks against the caller. */
export function isDoubtful({ level, verification }: AssuranceView): boolean {
  return level === 'none' && DOUBTFUL.has(verification)
}
