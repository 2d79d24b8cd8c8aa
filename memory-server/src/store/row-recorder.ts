import { isDeepStrictEqual } from 'node:util'
import { bucketOfCustomerRef } from '../identity/customer-ref.ts'
import { bucketOfHash } from '../identity/keyed-hash.ts'
import { readRow, writeRow } from './row-images.ts'
import type { RowImage, RowPlace, RowValues } from './row-images.ts'
import type { Scope } from './scope.ts'

/** Records every row that it writes as it was and as it is. */
export interface Recorder {
  readonly images: RowImage[]
  readonly write: (place: RowPlace, change: (before: RowValues | null) => RowValues | null) => Promise<void>
  /** Removes a row and hands it over. */
  readonly take: (place: RowPlace) => Promise<RowValues | null>
}

/** Creates a recorder that has recorded nothing yet. */
export function createRecorder(scope: Scope): Recorder {
  const images: RowImage[] = []
  const write: Recorder['write'] = async (place, change) => {
    const before = await readRow(scope, place)
    const after = change(before)
    if (isDeepStrictEqual(before, after)) return
    await writeRow(scope, place, after)
    images.push({ ...place, before, after })
  }
  const take: Recorder['take'] = async (place) => {
    let taken: RowValues | null = null
    await write(place, (row) => {
      taken = row
      return null
    })
    return taken
  }
  return { images, write, take }
}

/** Where a row of a customer is: in the customer's bucket, led by the reference. */
export function placeOf(
  table: Exclude<RowPlace['table'], 'identifier_links'>,
  customerRef: string,
  ...rest: (string | number)[]
): RowPlace {
  return { table, bucket: bucketOfCustomerRef(customerRef) ?? 0, key: [customerRef, ...rest] }
}

/** Where the link of an identifier to a customer is: in the identifier's bucket. */
export function linkPlace(identifierHash: string, customerRef: string): RowPlace {
  return {
    table: 'identifier_links',
    bucket: bucketOfHash(identifierHash),
    key: [identifierHash, customerRef],
  }
}
