import { createHash, timingSafeEqual } from 'node:crypto'
import type { Refusal } from './twilio-error.ts'

/** The account whose REST API is faked. */
export interface Account {
  readonly accountSid: string
  readonly authToken: string
}

/** The refusal of a request without the account's credentials. */
export const UNAUTHENTICATED: Refusal = { status: 401, code: 20003, message: 'Authenticate' }

/** Whether an `Authorization` header carries the account's SID and token by HTTP Basic. */
export function isAuthenticated(header: string | undefined, { accountSid, authToken }: Account): boolean {
  const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  // Digests have one length, which the comparison in constant time needs.
  return timingSafeEqual(digest(header ?? ''), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
