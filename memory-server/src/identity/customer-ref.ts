import { randomBytes } from 'node:crypto'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Makes a new reference: a UUID of version 4 whose first byte is the customer's bucket (0 to 255). */
export function mintCustomerRef(bucket: number): string {
  const bytes = randomBytes(16)
  bytes.writeUInt8(bucket, 0)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The bucket in which a reference lives; undefined when it is none of ours. */
export function bucketOfCustomerRef(customerRef: string): number | undefined {
  return UUID_V4.test(customerRef) ? Number.parseInt(customerRef.slice(0, 2), 16) : undefined
}
