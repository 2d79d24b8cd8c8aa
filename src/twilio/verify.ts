import type { Twilio } from 'twilio'
import type { CodeCheck } from '../caller/assurance.ts'
import { within } from '../clock.ts'
import type { CodeSent, OneTimeCodes } from '../call/verify-caller.ts'
import { TWILIO_REQUEST_TIMEOUT_MS } from './rest-client.ts'
import { errorCodeOf, statusOf } from './rest-error.ts'

export interface VerifyOptions {
  readonly client: () => Twilio
  /** Of the Verify service. */
  readonly serviceSid: string
}

// TWILIO Verify (error reference, read 2026-11): 60205 says that the number takes no text messages. 60202 and 404
// say that the code is used up: after five wrong ones, after ten minutes, and after it was approved.
const NO_TEXT_MESSAGES = 60_205
const CHECK_FAULTS: Readonly<Record<number, CodeCheck>> = { 400: 'wrong', 404: 'expired', 429: 'too-many' }

/** One-time codes by Twilio Verify. Never throws; no part of an error of Twilio, which may name the number, leaves. */
export function createVerifyCodes({ client, serviceSid }: VerifyOptions): OneTimeCodes {
  const service = (): ReturnType<Twilio['verify']['v2']['services']> =>
    client().verify.v2.services(serviceSid)
  return {
    send: (to, language) =>
      inTime<CodeSent>(
        'unavailable',
        async () => {
          const locale = language.split('-')[0]
          await service().verifications.create({ to, channel: 'sms', ...(locale && { locale }) })
          return 'sent'
        },
        (error) => (errorCodeOf(error) === NO_TEXT_MESSAGES ? 'landline' : 'unavailable'),
      ),
    check: (to, code) =>
      inTime<CodeCheck>(
        'unavailable',
        async () => {
          const { status } = await service().verificationChecks.create({ to, code })
          return status === 'approved' ? 'approved' : 'wrong'
        },
        checkFault,
      ),
  }
}

function checkFault(error: unknown): CodeCheck {
  return CHECK_FAULTS[statusOf(error) ?? 0] ?? 'unavailable'
}

async function inTime<T>(late: T, work: () => Promise<T>, onFault: (error: unknown) => T): Promise<T> {
  try {
    return await within(TWILIO_REQUEST_TIMEOUT_MS, work(), () => late)
  } catch (error) {
    return onFault(error)
  }
}
