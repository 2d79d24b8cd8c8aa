import type { Tier } from '../contract.ts'
import type { CallerContext } from '../memory/caller-memory.ts'
import { namedTopic, type NamedTopic } from './greeting.ts'
import { readMenuAnswer } from './menu.ts'
import { TEXTS } from './texts.ts'

/** What a caller is asked after the greeting. */
export type Confirmation =
  /** Whether the call is about the open intent. */
  | ({ readonly kind: 'topic' } & NamedTopic)
  /** Whether they have called before. Tells nothing of what we know. */
  | { readonly kind: 'caller' }
  /** What the call is about: there is nothing to confirm. */
  | { readonly kind: 'open' }

/** Chooses the question for a tier. Only a `recognized` or `likely` caller hears the open intent named. */
export function chooseConfirmation(tier: Tier, context: CallerContext | undefined): Confirmation {
  if (!context || tier === 'new') return { kind: 'open' }
  if (tier === 'possible') return { kind: 'caller' }
  const named = namedTopic(context)
  return named ? { kind: 'topic', ...named } : { kind: 'open' }
}

/** The question as it is spoken. */
export function confirmationPrompt(confirmation: Confirmation): string {
  switch (confirmation.kind) {
    case 'topic':
      return TEXTS.confirmTopic(confirmation.topic)
    case 'caller':
      return TEXTS.confirmCaller
    case 'open':
      return TEXTS.ask
  }
}

/** What a caller answered to a question, and what it says of the call. */
interface ConfirmationAnswer {
  readonly confirmed: 'yes' | 'no' | 'unclear'
  /** What the call is about, as a label, where the answer says so. */
  readonly intent?: string
  /** The caller's own words for it. */
  readonly said?: string
}

const YES = /^(?:yes|yeah|yep|yup|sure|correct|right|exactly|that is right|that s right|i have|i did|it is)\b/
const NO = /^(?:no|nope|nah|not|never|wrong|i have not|i haven t|it is not|it isn t)\b/

/** Understands a key (1 yes, 2 no) or what was said. Speech that is neither is what the call is about. */
function readConfirmation(
  confirmation: Confirmation,
  digits: string | undefined,
  speech: string | undefined,
): ConfirmationAnswer {
  if (digits) return byVerdict(confirmation, verdictOfKey(digits))
  const plain = (speech ?? '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  if (confirmation.kind !== 'open') {
    const verdict = verdictOfWords(plain)
    if (verdict === 'yes') return byVerdict(confirmation, 'yes')
    // "No, it is about my order" says two things; a bare "no" says one.
    if (verdict === 'no') return { confirmed: 'no', ...topicOf(plain.split(' ').length > 2 ? speech : '') }
  }
  return { confirmed: 'unclear', ...topicOf(speech) }
}

function byVerdict(
  confirmation: Confirmation,
  confirmed: ConfirmationAnswer['confirmed'],
): ConfirmationAnswer {
  const agreed = confirmation.kind === 'topic' && confirmed === 'yes'
  return { confirmed, ...(agreed && { intent: confirmation.intent }) }
}

function verdictOfKey(digits: string): ConfirmationAnswer['confirmed'] {
  if (digits === '1') return 'yes'
  return digits === '2' ? 'no' : 'unclear'
}

function verdictOfWords(plain: string): ConfirmationAnswer['confirmed'] {
  if (NO.test(plain)) return 'no'
  return YES.test(plain) ? 'yes' : 'unclear'
}

function topicOf(speech: string | undefined): { readonly intent?: string; readonly said?: string } {
  const answer = readMenuAnswer(undefined, speech)
  return answer.kind === 'said' ? { intent: answer.intent, said: answer.said } : {}
}

/** A call after the caller's answer. */
export interface SettledConfirmation {
  readonly tier: Tier
  readonly confirmed: ConfirmationAnswer['confirmed']
  /** What the call is about, as far as the answer says so. */
  readonly topic: Pick<ConfirmationAnswer, 'intent' | 'said'>
  /** What is known of the caller; undefined when the answer was that it is somebody else. */
  readonly context: CallerContext | undefined
}

/** What a call has come to before the answer. */
export interface AskedCall {
  readonly tier: Tier
  readonly context: CallerContext | undefined
  /** Whether the network disowns the number. */
  readonly isDisowned: boolean
}

/** Draws the conclusions from an answer by key or speech. The question is the one that the tier asks. */
export function settleConfirmation(
  { tier, context, isDisowned }: AskedCall,
  digits: string | undefined,
  speech: string | undefined,
): SettledConfirmation {
  const asked = chooseConfirmation(tier, context)
  const { confirmed, ...topic } = readConfirmation(asked, digits, speech)
  const after = tierAfter(tier, asked, confirmed, isDisowned)
  const isSomebodyElse = after === 'new' && tier !== 'new'
  return { tier: after, confirmed, topic, context: isSomebodyElse ? undefined : context }
}

/**
 * The tier after an answer.
 *
 * A yes raises `possible` to `likely` and never higher: saying yes costs an impostor nothing. A no to "have you
 * called before" makes the caller `new`; a no to the open intent says nothing of who is calling. A number that
 * the network disowns is raised by nothing.
 */
function tierAfter(
  tier: Tier,
  confirmation: Confirmation,
  confirmed: ConfirmationAnswer['confirmed'],
  isDisowned: boolean,
): Tier {
  if (confirmation.kind !== 'caller' || confirmed === 'unclear') return tier
  if (confirmed === 'no') return 'new'
  return isDisowned ? tier : 'likely'
}
