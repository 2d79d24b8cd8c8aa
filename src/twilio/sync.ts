import { within } from '../clock.ts'
import { CallerMemoryError } from '../errors.ts'
import { TWILIO_REQUEST_TIMEOUT_MS } from './rest-client.ts'
import { statusOf } from './rest-error.ts'

/** HTTP statuses with which Twilio Sync says that something is ordinary, not broken. */
export const SYNC_STATUS: Readonly<Record<'notFound' | 'taken' | 'changed', number>> = {
  notFound: 404,
  /** The unique name exists. */
  taken: 409,
  /** `If-Match` names another revision. */
  changed: 412,
}

/**
 * Does something with Sync in time.
 *
 * @throws CM_SESSION_UNAVAILABLE for every fault, a late answer included.
 */
export async function withSync<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await within(TWILIO_REQUEST_TIMEOUT_MS, work(), () => {
      throw unavailable()
    })
  } catch (error) {
    throw error instanceof CallerMemoryError ? error : unavailable(statusOf(error))
  }
}

/** Does `work`; where Sync answers one of `statuses`, that is no fault and the value is undefined. */
export async function unlessStatus<T>(
  statuses: readonly number[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined
    throw error
  }
}

function unavailable(upstreamStatus?: number): CallerMemoryError {
  const facts = upstreamStatus === undefined ? {} : { upstreamStatus }
  return new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'Twilio Sync could not be reached', facts)
}
