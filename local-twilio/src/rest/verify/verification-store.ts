import { randomInt } from 'node:crypto'
import type { Clock } from '../../../../src/clock.ts'
import { newSid } from '../../sid.ts'

/** A verification that is going on. */
export interface Verification {
  readonly sid: string
  readonly serviceSid: string
  readonly to: string
  readonly code: string
  readonly createdAt: Date
  readonly sends: number
  readonly checks: number
}

/** What became of a request. `too-many` is Twilio's limit of five. */
export type SendOutcome =
  { readonly kind: 'sent'; readonly verification: Verification } | { readonly kind: 'too-many' }
export type CheckOutcome =
  | { readonly kind: 'approved' | 'pending'; readonly verification: Verification }
  | { readonly kind: 'not-found' | 'too-many' }

/** The verifications of one account, in memory. */
export interface VerificationStore {
  readonly send: (serviceSid: string, to: string) => SendOutcome
  readonly check: (serviceSid: string, to: string, code: string) => CheckOutcome
  /** The code that was sent last to a number and is still good. */
  readonly codeOf: (to: string) => string | undefined
}

// Verify (documentation and error reference, read 2026-11): a code is good for ten minutes, five are sent and five
// are checked. Within the ten minutes the same code is sent again. After approval there is nothing to check.
const GOOD_FOR_MS = 10 * 60 * 1000
const MOST = 5

/** An empty store. */
export function createVerificationStore(clock: Clock): VerificationStore {
  const verifications = new Map<string, Verification>()
  const find = (key: string): Verification | undefined => {
    const found = verifications.get(key)
    if (found && clock().getTime() - found.createdAt.getTime() < GOOD_FOR_MS) return found
    verifications.delete(key)
    return undefined
  }
  return {
    send: (serviceSid, to) => {
      const key = keyOf(serviceSid, to)
      const earlier = find(key)
      if (earlier && earlier.sends >= MOST) return { kind: 'too-many' }
      const verification = earlier
        ? { ...earlier, sends: earlier.sends + 1 }
        : newVerification(serviceSid, to, clock())
      verifications.set(key, verification)
      return { kind: 'sent', verification }
    },
    check: (serviceSid, to, code) => {
      const key = keyOf(serviceSid, to)
      const found = find(key)
      if (!found) return { kind: 'not-found' }
      if (found.checks >= MOST) return { kind: 'too-many' }
      const verification = { ...found, checks: found.checks + 1 }
      if (code === found.code) verifications.delete(key)
      else verifications.set(key, verification)
      return { kind: code === found.code ? 'approved' : 'pending', verification }
    },
    codeOf: (to) => [...verifications.keys()].map(find).findLast((each) => each?.to === to)?.code,
  }
}

function keyOf(serviceSid: string, to: string): string {
  return `${serviceSid} ${to}`
}

function newVerification(serviceSid: string, to: string, createdAt: Date): Verification {
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  return { sid: newSid('VE'), serviceSid, to, code, createdAt, sends: 1, checks: 0 }
}
