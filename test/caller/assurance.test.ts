import fc from 'fast-check'
import {
  attest,
  readAssurance,
  skipsVerification,
  unverified,
  verifyByCode,
} from '../../src/caller/assurance.ts'
import { parseAttestation } from '../../src/caller/attestation.ts'
import { gradeTier } from '../../src/caller/tier.ts'

const THRESHOLDS = { recognized: 0.9, likely: 0.7, possible: 0.3 }
const VERSTATS = [
  'TN-Validation-Passed-A',
  'TN-Validation-Passed-A-Diverted',
  'TN-Validation-Passed-B',
  'TN-Validation-Passed-C',
  'TN-Validation-Failed',
  'TN-Validation-Failed-A',
  'No-TN-Validation',
  'NULL',
]
const verstat = fc.option(fc.oneof(fc.constantFrom(...VERSTATS), fc.string()), { nil: undefined })
const confidence = fc.double({ min: 0, max: 1, noNaN: true })

describe('a caller whom nobody vouches for', () => {
  test('never skips verification under the default policy, however sure the memory is', () => {
    fc.assert(
      fc.property(verstat, confidence, (stir, sure) => {
        fc.pre(stir?.trim().toLowerCase() !== 'tn-validation-passed-a')
        fc.pre(stir?.trim().toLowerCase() !== 'tn-validation-passed-a-passthrough')
        const attestation = parseAttestation(stir)
        const tier = gradeTier(sure, attestation, THRESHOLDS)
        const assurance = attest(tier, attestation)
        expect(assurance.level).toBe('none')
        expect(skipsVerification('attested', tier, assurance)).toBe(false)
        expect(skipsVerification('never', tier, assurance)).toBe(false)
      }),
    )
  })

  test('has no assurance even where the policy lets a recognized one go on', () => {
    const assurance = attest('recognized', parseAttestation(undefined))
    expect(skipsVerification('confidence', 'recognized', assurance)).toBe(true)
    expect(skipsVerification('confidence', 'likely', assurance)).toBe(false)
    expect(assurance).toEqual({ level: 'none', verification: 'not_asked' })
  })
})

describe('a caller whose carrier vouches for the number', () => {
  const vouched = parseAttestation('TN-Validation-Passed-A')

  test('skips verification when recognized, and only then', () => {
    expect(skipsVerification('attested', 'recognized', attest('recognized', vouched))).toBe(true)
    for (const tier of ['likely', 'possible', 'new'] as const) {
      expect(attest(tier, vouched).level).toBe('none')
      expect(skipsVerification('attested', tier, attest(tier, vouched))).toBe(false)
    }
  })

  test('does not skip it on a forwarded call, or where nobody may', () => {
    expect(attest('recognized', { ...vouched, diverted: true }).level).toBe('none')
    expect(skipsVerification('never', 'recognized', attest('recognized', vouched))).toBe(false)
  })
})

describe('a one-time code', () => {
  test('gives assurance when it is approved, and nothing else does', () => {
    expect(verifyByCode('approved', 'code_wrong')).toEqual({ level: 'verified', verification: 'code' })
    for (const check of ['wrong', 'too-many', 'expired', 'unavailable'] as const) {
      expect(verifyByCode(check, 'code_wrong')).toEqual({ level: 'none', verification: 'code_wrong' })
    }
    expect(unverified('landline')).toEqual({ level: 'none', verification: 'landline' })
  })

  test('makes every policy skip what is done', () => {
    const verified = verifyByCode('approved', 'code_wrong')
    for (const policy of ['never', 'attested', 'confidence'] as const) {
      expect(skipsVerification(policy, 'new', verified)).toBe(true)
    }
  })
})

describe('an assurance that a session kept', () => {
  test('comes back as it was', () => {
    const kept = JSON.parse(JSON.stringify(verifyByCode('approved', 'code_wrong')))
    expect(readAssurance(kept)).toEqual({ level: 'verified', verification: 'code' })
  })

  test('is none when it is missing, unknown or anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (kept) => {
        expect(readAssurance(kept).level).toBe('none')
      }),
    )
    expect(readAssurance({ level: 'toString', verification: 'code' }).level).toBe('none')
    expect(readAssurance({ level: 'verified', verification: 'constructor' }).level).toBe('none')
  })
})
