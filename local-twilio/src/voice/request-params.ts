import { randomBytes } from 'node:crypto'
import type { CallOptions } from './call-options.ts'
import type { HttpMethod, Params } from './events.ts'

/** The state of a call as webhooks report it. */
export type CallStatus = 'ringing' | 'in-progress' | 'completed' | 'busy' | 'no-answer'

/**
 * The parameters that every webhook of an inbound call carries. Twilio adds new ones without notice, so a server
 * that refuses what it does not know is broken. Where the caller lives is left empty, as for many real numbers.
 */
export function standardParams(options: CallOptions, status: CallStatus, method: HttpMethod): Params {
  return {
    CallSid: options.callSid,
    AccountSid: options.accountSid,
    ApiVersion: '2010-04-01',
    Direction: 'inbound',
    CallStatus: status,
    ...party(options.from, 'From', 'Caller'),
    ...party(options.to, 'To', 'Called'),
    // TWILIO: CallToken is sent by POST only, and says nothing to the application. (observed 2026-11)
    ...(method === 'POST' && { CallToken: randomBytes(24).toString('base64url') }),
    ...(options.stirVerstat !== undefined && { StirVerstat: options.stirVerstat }),
    ...(options.stirPassportToken !== undefined && { StirPassportToken: options.stirPassportToken }),
    ...(options.forwardedFrom !== undefined && { ForwardedFrom: options.forwardedFrom }),
  }
}

/** One side of the call, under both of the names that Twilio gives it. */
function party(number: string, ...names: readonly string[]): Params {
  const country = number.startsWith('+1') ? 'US' : ''
  const entries = names.flatMap((name) => [
    [name, number],
    [`${name}City`, ''],
    [`${name}State`, ''],
    [`${name}Zip`, ''],
    [`${name}Country`, country],
  ])
  return Object.fromEntries(entries) as Params
}
