import { CallerMemoryError } from '../../../src/errors.ts'

/** Thrown to undo a work whose customer was merged or forgotten while it waited: whose call it is must be decided anew. */
export class CustomerVanished extends Error {
  override readonly name = 'CustomerVanished'
}

const ATTEMPTS = 10

/**
 * Does a work again as long as its customer vanishes under it.
 *
 * @throws CM_STORE_UNAVAILABLE when that does not end.
 */
export async function untilPresent<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CustomerVanished)) throw error
    }
  }
  throw new CallerMemoryError('CM_STORE_UNAVAILABLE', 'the customer is being changed: try again')
}
