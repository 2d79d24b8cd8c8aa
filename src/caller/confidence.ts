import type { AttestationLevel, Identity, IdentityLevel, LineType, Recommendation } from '../contract.ts'

/** What speaks for a caller being one certain customer. */
export interface Evidence {
  /** The calling number was seen with this customer before. */
  readonly number?: {
    readonly lineType: LineType
    /** How many customers have used the number, this one included. 1 or more. */
    readonly customersOnNumber: number
    /** Days since this customer last called, 0 or more. */
    readonly daysSinceContact: number
    /** How far the network vouches for the number. Absent says nothing for or against it. */
    readonly attestation?: AttestationLevel
    /** The call was forwarded on its way. */
    readonly forwarded?: boolean
    /** The number went to somebody else since this customer last called. */
    readonly reassigned?: boolean
    /** On how many calls an agent said that it was this customer on this number. */
    readonly confirmed?: number
    /** On how many calls an agent said that it was not. */
    readonly corrected?: number
  }
  /** The calling number belongs to other customers only. */
  readonly numberOfOthers?: boolean
  /** The caller gave a key of another system that belongs to this customer. */
  readonly externalId?: boolean
  /** The request names the customer by reference. */
  readonly customerRef?: boolean
}

/** One piece of evidence, in the API's notation, with its weight in log-odds. */
export interface Contribution {
  readonly source: string
  readonly logOdds: number
}

/** How sure we are, with the reasons as numbers. */
export interface Assessment {
  readonly identity: Identity
  readonly contributions: readonly Contribution[]
}

// Log-odds, chosen so that the published table comes out: one customer on the number and called lately
// 0.90 to 0.95, called before 0.7 to 0.9, long ago or several customers on the number 0.3 to 0.7.
const logit = (probability: number): number => Math.log(probability / (1 - probability))
const NUMBER_MATCH = logit(0.95)
const EXTERNAL_ID = logit(0.95)
const CUSTOMER_REF = logit(0.98)
const SECOND_CUSTOMER = logit(0.65) - NUMBER_MATCH
const NUMBER_OF_OTHERS = -1.5
const FORWARDED = -1
// Says that the number is somebody else's now: more than all that can speak for it at once, an A and three agents.
const REASSIGNED = -6
// What an agent heard says more about whose number it is than anything the network tells, and a mistake costs more
// than a question. Bounded: after three verdicts of a kind another one adds nothing.
const CONFIRMED = 0.4
const CORRECTED = -1.2
const MOST_VERDICTS = 3
const MAX_CONFIDENCE = 0.99
const REASSIGNED_SOURCE = 'reassigned'

// A household shares a landline and an office a VoIP number more often than people share a mobile. Small steps:
// the age of the number and who else used it say more. The published table is that of a mobile.
const LINE_TYPE: Readonly<Record<LineType, number>> = { mobile: 0, landline: -0.25, voip: -0.25, unknown: 0 }

// A: the carrier vouches for the caller's right to the number. C also means "came from abroad", so it costs
// little. A failed signature is what a forged number looks like.
const ATTESTATION: Readonly<Record<AttestationLevel, number>> = { A: 0.5, B: 0, C: -0.25, failed: -3 }

// What time takes away from a number, by days since the last contact. A US number cannot change hands in
// under 45 days (FCC minimum ageing), so little is lost until then; afterwards the hazard of a recycled
// number grows. Between the points the loss is linear; beyond the last one it keeps the last slope.
const AGEING: readonly (readonly [days: number, logOdds: number])[] = [
  [0, 0],
  [45, logit(0.9) - NUMBER_MATCH],
  [365, logit(0.7) - NUMBER_MATCH],
  [1095, logit(0.3) - NUMBER_MATCH],
]

/** Weighs the evidence. No evidence at all is confidence 0, as the API answers for an unknown caller. */
export function assessIdentity(evidence: Evidence): Assessment {
  const contributions = contributionsOf(evidence)
  if (contributions.length === 0) return { identity: identityOf(0, []), contributions }
  const logOdds = contributions.reduce((sum, contribution) => sum + contribution.logOdds, 0)
  const probability = 1 / (1 + Math.exp(-logOdds))
  const confidence = Math.min(MAX_CONFIDENCE, Math.round(probability * 1000) / 1000)
  return {
    identity: identityOf(
      confidence,
      contributions.map(({ source }) => source),
    ),
    contributions,
  }
}

function contributionsOf(evidence: Evidence): Contribution[] {
  const { number, numberOfOthers, externalId, customerRef } = evidence
  return [
    ...(number ? numberContributions(number) : []),
    ...(externalId ? [{ source: 'external_id', logOdds: EXTERNAL_ID }] : []),
    ...(customerRef ? [{ source: 'customer_ref', logOdds: CUSTOMER_REF }] : []),
    // Counts against somebody only who is named by another key: on its own it is no evidence of anybody.
    ...(numberOfOthers && (externalId || customerRef)
      ? [{ source: 'ani_conflict', logOdds: NUMBER_OF_OTHERS }]
      : []),
  ]
}

function numberContributions(number: NonNullable<Evidence['number']>): Contribution[] {
  const { lineType, daysSinceContact, customersOnNumber, attestation, forwarded } = number
  return [
    { source: `ani:${lineType}`, logOdds: NUMBER_MATCH + LINE_TYPE[lineType] },
    { source: `recency:${Math.max(1, Math.ceil(daysSinceContact))}day`, logOdds: ageing(daysSinceContact) },
    ...(customersOnNumber > 1
      ? [
          {
            source: `shared:${customersOnNumber}`,
            logOdds: SECOND_CUSTOMER - Math.log(customersOnNumber - 1),
          },
        ]
      : []),
    ...(attestation ? [{ source: `attestation:${attestation}`, logOdds: ATTESTATION[attestation] }] : []),
    ...(forwarded ? [{ source: 'forwarded', logOdds: FORWARDED }] : []),
    ...(number.reassigned ? [{ source: REASSIGNED_SOURCE, logOdds: REASSIGNED }] : []),
    ...verdictContributions('confirmed', number.confirmed, CONFIRMED),
    ...verdictContributions('corrected', number.corrected, CORRECTED),
  ]
}

/**
 * How sure we are of a caller when it turns out, after the memory answered, that their number went to somebody else.
 * At most 0.2, whatever the memory said.
 */
export function discountReassigned({ confidence, sources }: Identity): Identity {
  if (confidence === 0) return identityOf(0, sources)
  const probability = 1 / (1 + Math.exp(-(logit(Math.min(confidence, MAX_CONFIDENCE)) + REASSIGNED)))
  return identityOf(Math.round(probability * 1000) / 1000, [...sources, REASSIGNED_SOURCE])
}

function verdictContributions(verdict: string, count: number = 0, weight: number): Contribution[] {
  if (count <= 0) return []
  return [{ source: `${verdict}:${count}`, logOdds: weight * Math.min(count, MOST_VERDICTS) }]
}

function ageing(days: number): number {
  const next = AGEING.findIndex(([at]) => days < at)
  const upper = next === -1 ? AGEING.length - 1 : Math.max(1, next)
  const [fromDays, fromLoss] = AGEING[upper - 1] ?? [0, 0]
  const [toDays, toLoss] = AGEING[upper] ?? [1, 0]
  return fromLoss + ((toLoss - fromLoss) * (Math.max(0, days) - fromDays)) / (toDays - fromDays)
}

function identityOf(confidence: number, sources: readonly string[]): Identity {
  return { confidence, level: levelOf(confidence), sources, recommendation: recommendationOf(confidence) }
}

/** The API's band of a confidence (best-practices table of the Sticky Calls documentation). */
export function levelOf(confidence: number): IdentityLevel {
  if (confidence >= 0.9) return 'very_high'
  if (confidence >= 0.7) return 'high'
  return confidence >= 0.5 ? 'medium' : 'low'
}

/** The API's advice for a confidence (same table; the bands are half open). */
export function recommendationOf(confidence: number): Recommendation {
  if (confidence >= 0.5) return 'reuse'
  return confidence >= 0.3 ? 'confirm' : 'ignore'
}
