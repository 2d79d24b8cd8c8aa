import fc from 'fast-check'
import { parseAttestation } from '../../src/caller/attestation.ts'
import { gradeTier } from '../../src/caller/tier.ts'

const THRESHOLDS = { recognized: 0.9, likely: 0.7, possible: 0.3 }
const ATTESTED = parseAttestation('TN-Validation-Passed-A')
const ABSENT = parseAttestation(undefined)
const FAILED = parseAttestation('TN-Validation-Failed')

describe('the tier of a caller', () => {
  test.each([
    [1, 'recognized'],
    [0.9, 'recognized'],
    [0.899, 'likely'],
    [0.7, 'likely'],
    [0.699, 'possible'],
    [0.3, 'possible'],
    [0.299, 'new'],
    [0, 'new'],
  ])('at confidence %d is %s', (confidence, tier) => {
    expect(gradeTier(confidence, ATTESTED, THRESHOLDS)).toBe(tier)
    expect(gradeTier(confidence, ABSENT, THRESHOLDS)).toBe(tier)
  })

  test('is never above possible when the number failed its signature check', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (confidence) => {
        const tier = gradeTier(confidence, FAILED, THRESHOLDS)
        return tier === (confidence >= THRESHOLDS.possible ? 'possible' : 'new')
      }),
    )
  })
})
