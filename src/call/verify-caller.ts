import type { Ani } from '../caller/ani.ts'
import { type Assurance, type CodeCheck, unverified, verifyByCode } from '../caller/assurance.ts'
import type { VerificationOutcome } from '../contract.ts'
import type { Reidentified } from './reidentify.ts'
import type { Sealer } from './saving/seal.ts'
import type { CallSession } from './session.ts'

/** What became of sending a code. */
export type CodeSent = 'sent' | 'landline' | 'unavailable'

/** One-time codes to a phone number. Never throws. */
export interface OneTimeCodes {
  /** Sends a code in a language, given as a tag. */
  readonly send: (e164: string, language: string) => Promise<CodeSent>
  readonly check: (e164: string, code: string) => Promise<CodeCheck>
}

/** Where a verification stands: nothing was asked yet, or the answer to one of its questions is in. */
export type VerifyStage = 'begin' | 'account' | 'confirm' | 'code'

/** One turn of a verification. */
export interface VerifyTurn {
  readonly stage: VerifyStage
  /** Which answer this is to the same question, from 1. */
  readonly answers: number
  /** How many questions in a row the caller was silent to. */
  readonly silent: number
  readonly method: 'quick' | 'full'
  readonly session: CallSession
  readonly ani: Ani
  /** Digits that were pressed or said; undefined for none. */
  readonly digits?: string
  readonly verdict: 'yes' | 'no' | 'unclear'
  /** Whether anything at all was answered. */
  readonly isAnswered: boolean
}

/** What comes next in a verification. */
export type VerifyStep =
  | {
      readonly kind: 'ask-account'
      readonly answers: number
      readonly silent: number
      readonly again: boolean
    }
  | {
      readonly kind: 'confirm-account'
      readonly digits: string
      readonly answers: number
      readonly silent: number
    }
  | {
      readonly kind: 'ask-code'
      readonly answers: number
      readonly silent: number
      readonly because: 'sent' | 'wrong' | 'silence'
    }
  | { readonly kind: 'done'; readonly assurance: Assurance }

/** A step, and what the session has to learn. */
export interface VerifyProgress {
  readonly step: VerifyStep
  readonly change?: Partial<CallSession>
}

export interface VerifyPorts {
  /** Absent when no Verify service is configured. */
  readonly codes?: OneTimeCodes
  /** Hides the account number while it waits for the code. */
  readonly sealer: Sealer
  /** Identifies the caller again, by number and account number. Undefined when the memory did not answer. */
  readonly reidentify: (e164: string, account: string) => Promise<Reidentified | undefined>
}

/** How often a code may be tried, an account number entered, a number read back. */
export const VERIFY_TRIES = 3
const SILENCES = 2

/**
 * Takes a verification one turn further. Never throws. Whatever goes wrong ends it without assurance and with a
 * reason, and an agent goes on.
 *
 * The code comes before the memory hears of the account number: nobody who cannot read what is sent to the calling
 * number can tie an account to it.
 */
export async function takeVerifyTurn(turn: VerifyTurn, ports: VerifyPorts): Promise<VerifyProgress> {
  const { session, ani, stage } = turn
  if (session.assurance.level === 'verified') return { step: { kind: 'done', assurance: session.assurance } }
  const obstacle = obstacleOf(turn, ports)
  if (obstacle) return end(unverified(obstacle))
  const e164 = ani.kind === 'number' ? ani.e164 : ''
  const silent = turn.isAnswered ? 0 : turn.silent + 1
  if (stage !== 'begin' && silent >= SILENCES) return end(unverified('no_answer'))
  switch (stage) {
    case 'begin':
      return turn.method === 'full' ? askAccount(0, 0, false) : sendCode(turn, e164, ports)
    case 'account':
      return takeAccount({ ...turn, silent }, ports)
    case 'confirm':
      return takeConfirmation({ ...turn, silent }, e164, ports)
    case 'code':
      return takeCode({ ...turn, silent }, e164, ports)
  }
}

function obstacleOf({ session, ani }: VerifyTurn, { codes }: VerifyPorts): VerificationOutcome | undefined {
  if (ani.kind !== 'number') return 'withheld'
  if (!codes) return 'not_configured'
  if (session.lineType === 'landline') return 'landline'
  if (session.reassigned) return 'number_reassigned'
  return session.simSwapped ? 'sim_swapped' : undefined
}

function takeAccount(
  { digits, answers, silent, session }: VerifyTurn,
  { sealer }: VerifyPorts,
): VerifyProgress {
  const sealedAccount = digits && /^\d{4,20}$/.test(digits) ? sealer.seal(digits, session.callSid) : undefined
  if (digits && sealedAccount) {
    return { step: { kind: 'confirm-account', digits, answers, silent: 0 }, change: { sealedAccount } }
  }
  return answers >= VERIFY_TRIES ? end(unverified('no_answer')) : askAccount(answers, silent, silent === 0)
}

async function takeConfirmation(turn: VerifyTurn, e164: string, ports: VerifyPorts): Promise<VerifyProgress> {
  const { verdict, answers, silent, session } = turn
  const digits = openAccount(session, ports)
  if (!digits || (answers >= VERIFY_TRIES && verdict !== 'yes')) return end(unverified('no_answer'))
  switch (verdict) {
    case 'yes':
      return sendCode(turn, e164, ports)
    case 'no':
      return askAccount(answers, 0, false)
    case 'unclear':
      return { step: { kind: 'confirm-account', digits, answers, silent } }
  }
}

async function sendCode(
  { session }: VerifyTurn,
  e164: string,
  { codes }: VerifyPorts,
): Promise<VerifyProgress> {
  const sent = await codes?.send(e164, session.language ?? '')
  if (sent !== 'sent') return end(unverified(sent ?? 'not_configured'))
  return { step: { kind: 'ask-code', answers: 0, silent: 0, because: 'sent' } }
}

async function takeCode(turn: VerifyTurn, e164: string, ports: VerifyPorts): Promise<VerifyProgress> {
  const { digits = '', answers, silent } = turn
  if (silent > 0) return retryCode(answers, silent, 'silence')
  const looksRight = /^\d{4,10}$/.test(digits)
  const check = looksRight ? ((await ports.codes?.check(e164, digits)) ?? 'unavailable') : 'wrong'
  switch (check) {
    case 'approved':
      return approve(turn, e164, check, ports)
    case 'wrong':
      return retryCode(answers, 0, 'wrong')
    case 'too-many':
    case 'expired':
      return end(unverified('code_wrong'))
    case 'unavailable':
      return end(unverified('unavailable'))
  }
}

function retryCode(answers: number, silent: number, because: 'wrong' | 'silence'): VerifyProgress {
  if (answers >= VERIFY_TRIES) return end(unverified(because === 'wrong' ? 'code_wrong' : 'no_answer'))
  return { step: { kind: 'ask-code', answers, silent, because } }
}

/** The code is right. A full verification now asks the memory whose account it is. */
async function approve(
  { method, session }: VerifyTurn,
  e164: string,
  check: CodeCheck,
  ports: VerifyPorts,
): Promise<VerifyProgress> {
  const account = method === 'full' ? openAccount(session, ports) : undefined
  const found = account && (await ports.reidentify(e164, account))
  if (!found) return end(verifyByCode(check, 'unavailable'))
  switch (found.kind) {
    case 'number-not-on-file':
      return end(unverified('number_not_on_file'))
    case 'account-known':
      return end(verifyByCode(check, 'unavailable', 'code_and_account'), found.change)
    case 'account-new':
      return end(verifyByCode(check, 'unavailable'), found.change)
  }
}

function openAccount({ sealedAccount, callSid }: CallSession, { sealer }: VerifyPorts): string | undefined {
  return sealedAccount === undefined ? undefined : sealer.open(sealedAccount, callSid)
}

function askAccount(answers: number, silent: number, again: boolean): VerifyProgress {
  return { step: { kind: 'ask-account', answers, silent, again } }
}

/** The end of a verification. The account number is not needed any more, whatever came of it. */
function end(assurance: Assurance, change: Partial<CallSession> = {}): VerifyProgress {
  return { step: { kind: 'done', assurance }, change: { ...change, assurance, sealedAccount: undefined } }
}
