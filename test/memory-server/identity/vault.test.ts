import fc from 'fast-check'
import { masked } from '../../../memory-server/src/identity/mask.ts'
import { createVault, keyIdOf } from '../../../memory-server/src/identity/vault.ts'
import type { Vault } from '../../../memory-server/src/identity/vault.ts'

const OLD = '11'.repeat(32)
const NEW = '22'.repeat(32)
const PLACE = ['readable_identifiers', 'default', 'ab12']

const vaultOf = (...keys: string[]): Vault => {
  const vault = createVault(keys)
  if (!vault) throw new Error('no key')
  return vault
}

describe('a vault', () => {
  test('opens whatever it sealed, and never seals a text alike twice', () => {
    const vault = vaultOf(NEW)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = vault.seal(PLACE, text)
        expect(vault.open(PLACE, sealed)).toBe(text)
        expect(vault.seal(PLACE, text).box).not.toBe(sealed.box)
      }),
      { numRuns: 50 },
    )
  })

  test('seals with its first key and opens with all', () => {
    const old = vaultOf(OLD).seal(PLACE, '+12025550101')
    const both = vaultOf(NEW, OLD)
    expect(both.open(PLACE, old)).toBe('+12025550101')
    expect(both.seal(PLACE, 'x').keyId).toBe(keyIdOf(NEW))
  })

  test('names the key that is missing, and tells nothing of the keys that are there', () => {
    const old = vaultOf(OLD).seal(PLACE, '+12025550101')
    expect(() => vaultOf(NEW).open(PLACE, old)).toThrow(
      expect.objectContaining({ code: 'CM_CONFIG_INVALID', message: expect.stringContaining(keyIdOf(OLD)) }),
    )
    expect(OLD).not.toContain(keyIdOf(OLD))
  })

  test('refuses a text that was changed, cut, moved to another place or given to another key', () => {
    const vault = vaultOf(NEW, OLD)
    const { keyId, box } = vault.seal(PLACE, '+12025550101')
    const flipped = `${box.startsWith('A') ? 'B' : 'A'}${box.slice(1)}`
    const damaged = { code: 'CM_STORE_DAMAGED' }
    for (const wrong of [flipped, box.slice(0, -4), box.slice(0, 8), '']) {
      expect(() => vault.open(PLACE, { keyId, box: wrong })).toThrow(expect.objectContaining(damaged))
    }
    expect(() => vault.open(['readable_identifiers', 'acme', 'ab12'], { keyId, box })).toThrow(
      expect.objectContaining(damaged),
    )
    expect(() => vault.open(PLACE, { keyId: keyIdOf(OLD), box })).toThrow(expect.objectContaining(damaged))
  })

  test('is not there without a key', () => {
    expect(createVault([])).toBeUndefined()
  })
})

test('a mask shows two characters of a long text and none of a short one', () => {
  expect(masked('+12025550142')).toBe('••••••42')
  expect(masked('1234567')).toBe('••••••')
})
