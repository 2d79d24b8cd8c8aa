import { plainWords } from './menu.ts'
import { fill, type Speaker } from './speaker.ts'
import type { VoiceStep } from './twiml.ts'

/** Where a question of the verification leads, with what was asked before. */
export interface VerifyQuestion {
  readonly answers: number
  readonly silent: number
}

/** Asks for the account number. */
export function askAccount(
  speaker: Speaker,
  question: VerifyQuestion & { readonly again: boolean },
): readonly VoiceStep[] {
  const { texts } = speaker
  const apology = question.again ? [{ kind: 'say', text: texts.notUnderstood } as const] : []
  return [...apology, ...ask('account', [texts.enterAccount], question)]
}

/** Reads the account number back, digit by digit. */
export function confirmAccount(
  speaker: Speaker,
  digits: string,
  question: VerifyQuestion,
): readonly VoiceStep[] {
  const read = Array.from(digits).join(', ')
  return ask('confirm', [fill(speaker.texts.confirmAccount, { digits: read })], question, 'one')
}

/** Asks for the code that was sent. */
export function askCode(
  { texts }: Speaker,
  question: VerifyQuestion & { readonly because: 'sent' | 'wrong' | 'silence' },
): readonly VoiceStep[] {
  const before = { sent: [texts.codeSent], wrong: [texts.codeWrong], silence: [] }[question.because]
  return [
    ...before.map((text) => ({ kind: 'say', text }) as const),
    ...ask('code', [texts.enterCode], question),
  ]
}

/** Leads on after a verification, with a word if it succeeded. Those who could not be verified hear it from the queue. */
export function leaveVerification({ texts }: Speaker, isVerified: boolean): readonly VoiceStep[] {
  const word = isVerified ? [{ kind: 'say', text: texts.verified } as const] : []
  return [...word, { kind: 'redirect', to: '/connect-agent' }]
}

function ask(
  step: 'account' | 'confirm' | 'code',
  prompts: readonly string[],
  { answers, silent }: VerifyQuestion,
  keys: 'one' | 'many' = 'many',
): readonly VoiceStep[] {
  const action = `/verify-identity?step=${step}&answers=${answers + 1}&silent=${silent}`
  return [
    { kind: 'ask', prompts, action, keys },
    { kind: 'redirect', to: action },
  ]
}

/**
 * The digits of an answer: those that were pressed, or those that were said, as figures or as words. Undefined when
 * there are none, or when something else was said as well.
 */
export function readDigits(
  { texts }: Speaker,
  digits: string | undefined,
  speech: string | undefined,
): string | undefined {
  if (digits) return /^\d+$/.test(digits) ? digits : undefined
  const words = plainWords(speech ?? '').split(' ')
  const read = words.map((word) => (/^\d+$/.test(word) ? word : digitOf(texts.words.digits, word)))
  return read.every((each) => each !== undefined) ? read.join('') : undefined
}

function digitOf(lists: readonly (readonly string[])[], word: string): string | undefined {
  const index = lists.findIndex((list) => list.includes(word))
  return index === -1 ? undefined : String(index)
}
