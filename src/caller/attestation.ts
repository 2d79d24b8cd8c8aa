/** How far the phone network vouches for the calling number (STIR/SHAKEN), read from `StirVerstat`. */
export interface Attestation {
  /**
   * A: the carrier knows the caller and their right to the number. B: it knows the caller only. C: neither,
   * as for most international calls. `failed`: the signature does not fit the call. `absent`: nothing was
   * sent or it could not be checked, which says nothing for or against the caller.
   */
  readonly level: 'A' | 'B' | 'C' | 'failed' | 'absent'
  /** The call was forwarded on its way, so the number may be the forwarder's. */
  readonly diverted: boolean
}

const ABSENT: Attestation = { level: 'absent', diverted: false }

// Twilio, "Trusted calling with SHAKEN/STIR": TN-Validation-Passed-{A,B,C}, TN-Validation-Failed[-{A,B,C}],
// No-TN-Validation, NULL; each Passed and Failed also with -Diverted or -Passthrough. Read 2026-11.
const VERSTAT = /^TN-Validation-(Passed|Failed)(?:-([ABC]))?(?:-(Diverted|Passthrough))?$/i

/** Reads the webhook parameter `StirVerstat`. Anything unknown counts as absent, never as trust. */
export function parseAttestation(stirVerstat: string | undefined): Attestation {
  const match = VERSTAT.exec((stirVerstat ?? '').trim())
  if (!match) return ABSENT
  const [, outcome = '', level = '', route = ''] = match
  const diverted = route.toLowerCase() === 'diverted'
  if (outcome.toLowerCase() === 'failed') return { level: 'failed', diverted }
  const letter = level.toUpperCase()
  return letter === 'A' || letter === 'B' || letter === 'C' ? { level: letter, diverted } : ABSENT
}
