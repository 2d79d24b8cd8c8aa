import fc from 'fast-check'
import { assessIdentity, discountReassigned, levelOf, recommendationOf } from '../../src/caller/confidence.ts'
import type { Evidence } from '../../src/caller/confidence.ts'

type NumberEvidence = NonNullable<Evidence['number']>

const seen = (fields: Partial<NumberEvidence> = {}): Evidence => ({
  number: { lineType: 'mobile', customersOnNumber: 1, daysSinceContact: 0, ...fields },
})
const confidenceOf = (evidence: Evidence): number => assessIdentity(evidence).identity.confidence

const days = fc.double({ min: 0, max: 20_000, noNaN: true })
const customers = fc.integer({ min: 1, max: 50 })
const numberEvidence: fc.Arbitrary<NumberEvidence> = fc.record({
  lineType: fc.constantFrom('mobile', 'landline', 'voip', 'unknown'),
  customersOnNumber: customers,
  daysSinceContact: days,
})
const evidence: fc.Arbitrary<Evidence> = fc.record(
  { number: numberEvidence, externalId: fc.boolean(), customerRef: fc.boolean() },
  { requiredKeys: [] },
)

test('no evidence is confidence 0, low, ignore, without sources', () => {
  expect(assessIdentity({})).toEqual({
    identity: { confidence: 0, level: 'low', sources: [], recommendation: 'ignore' },
    contributions: [],
  })
  expect(confidenceOf({ externalId: false, customerRef: false })).toBe(0)
})

test.each([
  ['called just now', 0, 0.9, 0.95],
  ['called a month ago', 30, 0.9, 0.95],
  ['called two months ago', 60, 0.7, 0.8999],
  ['called a year ago', 364, 0.7, 0.8999],
  ['called long ago', 400, 0.3, 0.6999],
  ['called ten years ago', 3650, 0, 0.2999],
])('a number of one customer who %s is within the published band', (_case, daysSinceContact, least, most) => {
  const confidence = confidenceOf(seen({ daysSinceContact }))
  expect(confidence).toBeGreaterThanOrEqual(least)
  expect(confidence).toBeLessThanOrEqual(most)
})

test('a number that two to five customers share is at 0.3 to 0.7', () => {
  for (const customersOnNumber of [2, 3, 4, 5]) {
    const confidence = confidenceOf(seen({ customersOnNumber }))
    expect(confidence).toBeGreaterThanOrEqual(0.3)
    expect(confidence).toBeLessThan(0.7)
  }
})

test('more days never raise the confidence', () => {
  fc.assert(
    fc.property(evidence, numberEvidence, days, (other, number, more) => {
      const later = { ...number, daysSinceContact: number.daysSinceContact + more }
      expect(confidenceOf({ ...other, number: later })).toBeLessThanOrEqual(
        confidenceOf({ ...other, number }),
      )
    }),
  )
})

test('a line that people share, a forwarded call and a failed signature never raise the confidence', () => {
  fc.assert(
    fc.property(evidence, numberEvidence, (other, number) => {
      const mobile = confidenceOf({ ...other, number: { ...number, lineType: 'mobile' } })
      const weakened: Partial<NumberEvidence>[] = [
        { lineType: 'landline' },
        { lineType: 'mobile', forwarded: true },
        { lineType: 'mobile', attestation: 'C' },
        { lineType: 'mobile', attestation: 'failed' },
      ]
      for (const facts of weakened) {
        expect(confidenceOf({ ...other, number: { ...number, ...facts } })).toBeLessThanOrEqual(mobile)
      }
      const attested = { ...number, lineType: 'mobile', attestation: 'A' } as const
      expect(confidenceOf({ ...other, number: attested })).toBeGreaterThanOrEqual(mobile)
    }),
  )
})

test('a number that went to somebody else recognizes nobody, whatever else speaks for it', () => {
  const attestations = fc.constantFrom('A', 'B', 'C', 'failed')
  fc.assert(
    fc.property(
      evidence,
      numberEvidence,
      attestations,
      fc.nat(9),
      (other, number, attestation, confirmed) => {
        const given = { ...number, attestation, confirmed } as const
        const without = confidenceOf({ ...other, number: given })
        const reassigned = confidenceOf({ ...other, number: { ...given, reassigned: true } })
        expect(reassigned).toBeLessThanOrEqual(without)
        expect(confidenceOf({ number: { ...given, reassigned: true } })).toBeLessThanOrEqual(0.25)
      },
    ),
  )
})

test('a reassigned number is discounted after the fact as it is in the evidence', () => {
  fc.assert(
    fc.property(numberEvidence, (number) => {
      const { identity } = assessIdentity({ number })
      const later = discountReassigned(identity)
      const atOnce = assessIdentity({ number: { ...number, reassigned: true } }).identity
      expect(later.confidence).toBeCloseTo(atOnce.confidence, 2)
      expect(later.sources.includes('reassigned')).toBe(identity.confidence > 0)
      expect(later.confidence).toBeLessThanOrEqual(identity.confidence)
    }),
  )
  expect(discountReassigned(assessIdentity({}).identity).confidence).toBe(0)
})

test('a number of others counts only against somebody whom another key names', () => {
  expect(confidenceOf({ numberOfOthers: true })).toBe(0)
  expect(confidenceOf({ numberOfOthers: true, externalId: true })).toBeLessThan(
    confidenceOf({ externalId: true }),
  )
})

test('more customers on the number never raise the confidence', () => {
  fc.assert(
    fc.property(evidence, numberEvidence, customers, (other, number, more) => {
      const shared = { ...number, customersOnNumber: number.customersOnNumber + more }
      expect(confidenceOf({ ...other, number: shared })).toBeLessThanOrEqual(
        confidenceOf({ ...other, number }),
      )
    }),
  )
})

test('another piece of evidence of a key never lowers the confidence', () => {
  fc.assert(
    fc.property(evidence, (given) => {
      expect(confidenceOf({ ...given, externalId: true })).toBeGreaterThanOrEqual(confidenceOf(given))
      expect(confidenceOf({ ...given, customerRef: true })).toBeGreaterThanOrEqual(confidenceOf(given))
    }),
  )
})

test('is always a probability below certainty, whose bands agree with it, with one source per contribution', () => {
  fc.assert(
    fc.property(evidence, (given) => {
      const { identity, contributions } = assessIdentity(given)
      expect(identity.confidence).toBeGreaterThanOrEqual(0)
      expect(identity.confidence).toBeLessThanOrEqual(0.99)
      expect(identity.level).toBe(levelOf(identity.confidence))
      expect(identity.recommendation).toBe(recommendationOf(identity.confidence))
      expect(identity.sources).toEqual(contributions.map(({ source }) => source))
    }),
  )
})

test('the sources name the line type, the days begun, the sharing and the keys', () => {
  const number = { lineType: 'voip', customersOnNumber: 3, daysSinceContact: 1.2 } as const
  expect(assessIdentity({ number, externalId: true, customerRef: true }).identity.sources).toEqual([
    'ani:voip',
    'recency:2day',
    'shared:3',
    'external_id',
    'customer_ref',
  ])
})

test('the bands begin at their lower edge', () => {
  const bands = [0.9, 0.8999, 0.7, 0.6999, 0.5, 0.4999, 0.3, 0.2999]
  expect(bands.map((confidence) => levelOf(confidence))).toEqual([
    'very_high',
    'high',
    'high',
    'medium',
    'medium',
    'low',
    'low',
    'low',
  ])
  expect(bands.map((confidence) => recommendationOf(confidence))).toEqual([
    'reuse',
    'reuse',
    'reuse',
    'reuse',
    'reuse',
    'confirm',
    'confirm',
    'ignore',
  ])
})

test('what agents said moves the confidence one way only, within bounds, and is named', () => {
  const verdicts = fc.integer({ min: 0, max: 100 })
  fc.assert(
    fc.property(evidence, numberEvidence, verdicts, verdicts, verdicts, (other, number, yes, no, more) => {
      const of = (confirmed: number, corrected: number): number =>
        confidenceOf({ ...other, number: { ...number, confirmed, corrected } })
      expect(of(yes + more, no)).toBeGreaterThanOrEqual(of(yes, no))
      expect(of(yes, no + more)).toBeLessThanOrEqual(of(yes, no))
      expect(of(yes + 3, no)).toBe(of(yes + 3 + more, no))
      expect(of(yes, no + 3)).toBe(of(yes, no + 3 + more))
      expect(of(0, 0)).toBe(confidenceOf({ ...other, number }))
    }),
  )
  const { identity, contributions } = assessIdentity(seen({ confirmed: 2, corrected: 1 }))
  expect(identity.sources).toEqual(['ani:mobile', 'recency:1day', 'confirmed:2', 'corrected:1'])
  expect(contributions.slice(2).map(({ logOdds }) => logOdds)).toEqual([0.8, -1.2])
})
