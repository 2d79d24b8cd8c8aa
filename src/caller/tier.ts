import type { Tier } from '../contract.ts'
import type { Attestation } from './attestation.ts'

/** From which confidence on a tier applies. Descending: recognized >= likely >= possible. */
export interface TierThresholds {
  readonly recognized: number
  readonly likely: number
  readonly possible: number
}

/**
 * Turns a confidence into the word that flows branch on.
 *
 * A number whose signature failed to verify reaches `possible` at most: what the customer once told us is
 * not spoken to somebody who presents a number that the network itself disowns.
 */
export function gradeTier(confidence: number, attestation: Attestation, thresholds: TierThresholds): Tier {
  const tier = tierOf(confidence, thresholds)
  const trusted = attestation.level !== 'failed'
  return trusted || tier === 'new' ? tier : 'possible'
}

function tierOf(confidence: number, thresholds: TierThresholds): Tier {
  if (confidence >= thresholds.recognized) return 'recognized'
  if (confidence >= thresholds.likely) return 'likely'
  return confidence >= thresholds.possible ? 'possible' : 'new'
}
