import { parseAttestation } from '../../src/caller/attestation.ts'

describe('the attestation of a call', () => {
  test.each([
    ['TN-Validation-Passed-A', 'A', false],
    ['TN-Validation-Passed-B', 'B', false],
    ['TN-Validation-Passed-C', 'C', false],
    ['TN-Validation-Passed-A-Diverted', 'A', true],
    ['TN-Validation-Passed-A-Passthrough', 'A', false],
    ['TN-Validation-Failed', 'failed', false],
    ['TN-Validation-Failed-A', 'failed', false],
    ['TN-Validation-Failed-C-Diverted', 'failed', true],
    ['No-TN-Validation', 'absent', false],
    ['NULL', 'absent', false],
    ['', 'absent', false],
    [undefined, 'absent', false],
  ])('reads %s as %s', (raw, level, diverted) => {
    expect(parseAttestation(raw)).toEqual({ level, diverted })
  })

  test('takes nothing that it does not know for trust', () => {
    for (const raw of [
      'TN-Validation-Passed',
      'TN-Validation-Passed-D',
      'Passed-A',
      'TN-Validation-Passed-A-New',
    ]) {
      expect(parseAttestation(raw).level).toBe('absent')
    }
  })
})
