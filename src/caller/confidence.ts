import type { Identity, IdentityLevel, LineType, Recommendation } from '../contract.ts'

/** What speaks for a caller being one certain customer. */
export interface Evidence {
  /** The calling number was seen with this customer before. */
  readonly number?: {
    readonly lineType: LineType
    /** How many customers have used the number, this one included. 1 or more. */
    readonly customersOnNumber: number
    /** Days since this customer last called, 0 or more. */
    readonly daysSinceContact: number
  }
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
const MAX_CONFIDENCE = 0.99

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

function contributionsOf({ number, externalId, customerRef }: Evidence): Contribution[] {
  const contributions: Contribution[] = []
  if (number) {
    contributions.push({ source: `ani:${number.lineType}`, logOdds: NUMBER_MATCH })
    contributions.push({
      source: `recency:${Math.max(1, Math.ceil(number.daysSinceContact))}day`,
      logOdds: ageing(number.daysSinceContact),
    })
    if (number.customersOnNumber > 1) {
      contributions.push({
        source: `shared:${number.customersOnNumber}`,
        logOdds: SECOND_CUSTOMER - Math.log(number.customersOnNumber - 1),
      })
    }
  }
  if (externalId) contributions.push({ source: 'external_id', logOdds: EXTERNAL_ID })
  if (customerRef) contributions.push({ source: 'customer_ref', logOdds: CUSTOMER_REF })
  return contributions
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
