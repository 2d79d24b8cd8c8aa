import { createHash, randomUUID } from 'node:crypto'
import type { Twilio } from 'twilio'
import type { BeginCallOptions } from '../call/begin-call.ts'
import { reidentify } from '../call/reidentify.ts'
import { createSealer } from '../call/saving/seal.ts'
import type { VerifyPorts } from '../call/verify-caller.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { reportFault } from './define-function.ts'
import { createLookup, type LineLookup, type LookupOptions } from './lookup.ts'
import type { RuntimeContext } from './runtime.ts'
import { createVerifyCodes } from './verify.ts'

/** What the verification of one call works with. */
export type Verifying = (callSid: string, log: Log) => VerifyPorts

/** What verification needs of Twilio. */
export interface VerifyingOptions {
  readonly client: () => Twilio
  /** Seals account numbers: 64 hexadecimal digits. */
  readonly key: string
}

/** Puts the verification of callers together from the settings. */
export function verifyingWith(
  { verifyServiceSid, accountNumberNamespace: namespace }: Config,
  { memory, thresholds, firstVariables }: BeginCallOptions,
  { client, key }: VerifyingOptions,
): Verifying {
  const codes = verifyServiceSid && createVerifyCodes({ client, serviceSid: verifyServiceSid })
  return (callSid, log) => ({
    ...(codes && { codes }),
    sealer: createSealer([key]),
    reidentify: async (e164, account) => {
      try {
        const options = { memory, thresholds, firstVariables, namespace }
        return await reidentify({ callSid }, { e164, account }, options)
      } catch (error) {
        reportFault(log, 'account not looked up', error)
        return undefined
      }
    },
  })
}

/** The look at calling numbers, as far as the settings ask for it. */
export function lookUpWith(
  { lookup: questions }: Config,
  options: Omit<LookupOptions, 'questions'>,
): LineLookup {
  return createLookup({ ...options, questions })
}

/**
 * A key for what never leaves the functions, as 64 hexadecimal digits. It is made from the account's token, which all
 * containers share and nobody outside knows.
 */
export function localKey({ AUTH_TOKEN: token }: RuntimeContext): string {
  const secret = typeof token === 'string' && token !== '' ? token : randomUUID()
  return createHash('sha256').update(`caller-memory local key ${secret}`).digest('hex')
}
