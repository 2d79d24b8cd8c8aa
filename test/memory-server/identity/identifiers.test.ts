import fc from 'fast-check'
import { bucketOfCustomerRef, mintCustomerRef } from '../../../memory-server/src/identity/customer-ref.ts'
import { identifiersOf } from '../../../memory-server/src/identity/identifiers.ts'
import { bucketOfHash, createKeyedHash } from '../../../memory-server/src/identity/keyed-hash.ts'

const keyedHash = createKeyedHash('5e'.repeat(32))
const bucket = fc.integer({ min: 0, max: 255 })

test('a reference is a UUID of version 4 that tells its bucket', () => {
  fc.assert(
    fc.property(bucket, (given) => {
      const customerRef = mintCustomerRef(given)
      expect(customerRef).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(bucketOfCustomerRef(customerRef)).toBe(given)
      expect(mintCustomerRef(given)).not.toBe(customerRef)
    }),
  )
})

test('what is no reference of ours has no bucket', () => {
  const uuidV1 = '2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d'
  for (const text of ['', 'cust_abc123', uuidV1, 'vip_1']) expect(bucketOfCustomerRef(text)).toBeUndefined()
})

test('a hash is 64 hex characters, the same for the same parts and key only', () => {
  expect(keyedHash('a', 'b')).toMatch(/^[0-9a-f]{64}$/)
  expect(keyedHash('a', 'b')).toBe(keyedHash('a', 'b'))
  expect(createKeyedHash('6f'.repeat(32))('a', 'b')).not.toBe(keyedHash('a', 'b'))
})

test('no choice of characters makes two different lists of parts hash alike', () => {
  const parts = fc.array(fc.string({ unit: fc.constantFrom('|', '"', ',', '\\', 'a') }), { maxLength: 4 })
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const alike = JSON.stringify(one) === JSON.stringify(other)
      expect(keyedHash(...one) === keyedHash(...other)).toBe(alike)
    }),
  )
})

test('an identifier depends on tenant, kind, namespace and value, and lives in the bucket of its hash', () => {
  const one = identifiersOf(
    { ani: '+12025550150', externalIds: [{ namespace: 'a', value: '1' }] },
    't1',
    keyedHash,
  )
  const [external] = one.externalIds
  expect(one.number?.bucket).toBe(bucketOfHash(one.number?.hash ?? ''))
  const others = [
    identifiersOf({ externalIds: [{ namespace: 'a', value: '2' }] }, 't1', keyedHash).externalIds[0],
    identifiersOf({ externalIds: [{ namespace: 'b', value: '1' }] }, 't1', keyedHash).externalIds[0],
    identifiersOf({ externalIds: [{ namespace: 'a', value: '1' }] }, 't2', keyedHash).externalIds[0],
    identifiersOf({ ani: '1', externalIds: [] }, 't1', keyedHash).number,
  ]
  expect(new Set([external, ...others].map((identifier) => identifier?.hash)).size).toBe(5)
  expect(others[0]?.namespaceHash).toBe(external?.namespaceHash)
  expect(others[1]?.namespaceHash).not.toBe(external?.namespaceHash)
})
