import { assessIdentity } from '../../../src/caller/confidence.ts'
import { VERIFICATION_OUTCOMES } from '../../src/core/assurance.ts'
import { evidenceOf } from '../../src/core/evidence.ts'
import { createSay } from '../../src/strings/say.ts'

const say = createSay('en', 'UTC')

describe('evidence', () => {
  it.each([
    ['ani:mobile', { key: 'ani_mobile' }],
    ['recency:6day', { key: 'recency', count: 6 }],
    ['recency:2days', { key: 'recency', count: 2 }],
    ['shared:3', { key: 'shared', count: 3 }],
    ['corrected:1', { key: 'corrected', count: 1 }],
    ['attestation:A', { key: 'attestation_a' }],
    ['toString', { key: 'other' }],
    ['something new', { key: 'other' }],
  ])('reads %s', (source, evidence) => {
    expect(evidenceOf([source])).toEqual([evidence])
  })

  it('says every reason once', () => {
    expect(evidenceOf(['attestation:A', 'ani:mobile', 'attestation:A', 'x', 'y'])).toHaveLength(3)
  })

  it('has words for every reason that the memory knows', () => {
    const lines = ['mobile', 'landline', 'voip', 'unknown'] as const
    const levels = ['A', 'B', 'C', 'failed'] as const
    const sources = lines.flatMap((lineType, place) => {
      const number = {
        lineType,
        customersOnNumber: 3,
        daysSinceContact: 6,
        attestation: levels[place] ?? 'A',
        forwarded: true,
        confirmed: 2,
        corrected: 1,
      }
      const all = { number, numberOfOthers: true, externalId: true, customerRef: true }
      return assessIdentity(all).contributions.map(({ source }) => source)
    })
    expect(new Set(sources).size).toBeGreaterThanOrEqual(15)
    for (const evidence of evidenceOf(sources)) {
      expect(evidence.key).not.toBe('other')
      expect(say.evidence(evidence)).not.toMatch(/[{}_]/)
    }
    expect(evidenceOf(['invented:1'])).toEqual([{ key: 'other' }])
  })

  it('has words for every outcome of a verification', () => {
    expect(VERIFICATION_OUTCOMES).toHaveLength(12)
    for (const outcome of VERIFICATION_OUTCOMES) {
      expect(say.text(`verification_${outcome}` as Parameters<typeof say.text>[0])).not.toBe('')
    }
  })
})
