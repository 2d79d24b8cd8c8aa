import { evidenceOf } from '../../src/core/evidence.ts'

describe('evidence', () => {
  it.each([
    ['ani:mobile', { key: 'ani_mobile' }],
    ['recency:6day', { key: 'recency', count: 6 }],
    ['recency:2days', { key: 'recency', count: 2 }],
    ['shared:3', { key: 'shared', count: 3 }],
    ['attestation:A', { key: 'attestation_a' }],
    ['toString', { key: 'other' }],
    ['something new', { key: 'other' }],
  ])('reads %s', (source, evidence) => {
    expect(evidenceOf(source)).toEqual(evidence)
  })
})
