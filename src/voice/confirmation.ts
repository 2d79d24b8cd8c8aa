import type { Tier } from '../contract.ts'
import type { CallerContext } from '../memory/caller-memory.ts'
import { type NamedTopic, openTopic } from './greeting.ts'
import { plainWords, readMenuAnswer, readYesOrNo, says, type YesOrNo } from './menu.ts'
import { fill, type Speaker } from './speaker.ts'

/** What a caller is asked after the greeting. */
export type Confirmation =
  /** Whether the call is about the open intent. */
  | ({ readonly kind: 'topic' } & NamedTopic)
  /** Whether they have called before. Tells nothing of what we know. */
  | { readonly kind: 'caller' }
  /** What the call is about: there is nothing to confirm. */
  | { readonly kind: 'open' }

/** Chooses the question for a tier. Only a `recognized` or `likely` caller hears the open intent named. */
export function chooseConfirmation(
  speaker: Speaker,
  tier: Tier,
  context: CallerContext | undefined,
): Confirmation {
  if (!context || tier === 'new') return { kind: 'open' }
  if (tier === 'possible') return { kind: 'caller' }
  const named = openTopic(speaker, tier, context)
  return named ? { kind: 'topic', ...named } : { kind: 'open' }
}

/** The question as it is spoken. */
export function confirmationPrompt({ texts }: Speaker, confirmation: Confirmation): string {
  switch (confirmation.kind) {
    case 'topic':
      return fill(texts.confirmTopic, { topic: confirmation.topic })
    case 'caller':
      return texts.confirmCaller
    case 'open':
      return texts.ask
  }
}

/** What a caller answered to a question, and what it says of the call. */
interface ConfirmationAnswer {
  readonly confirmed: YesOrNo
  /** What the call is about, as a label, where the answer says so. */
  readonly intent?: string
  /** The caller's own words for it. */
  readonly said?: string
}

/** Understands a key (1 yes, 2 no, or the menu's where the question is what it is about) or what was said. Speech that is neither is what the call is about. */
function readConfirmation(
  speaker: Speaker,
  confirmation: Confirmation,
  digits: string | undefined,
  speech: string | undefined,
): ConfirmationAnswer {
  if (digits) {
    return confirmation.kind === 'open'
      ? { confirmed: 'unclear', ...chosenBy(speaker, digits) }
      : byVerdict(confirmation, readYesOrNo(speaker, digits, undefined))
  }
  const plain = plainWords(speech ?? '')
  if (confirmation.kind !== 'open') {
    const verdict = readYesOrNo(speaker, undefined, speech)
    if (verdict === 'yes') return byVerdict(confirmation, 'yes')
    // "No, something else" answers another question than the one about the person.
    const isAboutTopic = confirmation.kind === 'caller' && says(speech ?? '', otherWords(speaker))
    if (isAboutTopic) return { confirmed: 'unclear', ...topicOf(speaker, speech) }
    // "No, it is about my order" says two things; a bare "no" says one.
    const topic = plain.split(' ').length > 2 ? speech : ''
    if (verdict === 'no') return { confirmed: 'no', ...topicOf(speaker, topic) }
  }
  return { confirmed: 'unclear', ...topicOf(speaker, speech) }
}

/** The words for another matter, without those that are a plain "no" too. */
function otherWords(speaker: Speaker): readonly string[] {
  return speaker.texts.words.other.filter((word) => readYesOrNo(speaker, undefined, word) !== 'no')
}

function byVerdict(
  confirmation: Confirmation,
  confirmed: ConfirmationAnswer['confirmed'],
): ConfirmationAnswer {
  const agreed = confirmation.kind === 'topic' && confirmed === 'yes'
  return { confirmed, ...(agreed && { intent: confirmation.intent }) }
}

function chosenBy(speaker: Speaker, digits: string): { readonly intent?: string } {
  const answer = readMenuAnswer(speaker, digits, undefined)
  return answer.kind === 'chosen' ? { intent: answer.intent } : {}
}

function topicOf(
  speaker: Speaker,
  speech: string | undefined,
): { readonly intent?: string; readonly said?: string } {
  const answer = readMenuAnswer(speaker, undefined, speech)
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
  /** Whether the caller said that they are not who the memory takes them for. */
  readonly isDenied: boolean
}

/** What a call has come to before the answer. */
export interface AskedCall {
  readonly tier: Tier
  readonly context: CallerContext | undefined
  /** Whether the network disowns the number. */
  readonly isDisowned: boolean
  /** Whether the caller was asked what the call is about, whatever the tier asks. */
  readonly askedTopic?: boolean
}

/** Draws the conclusions from an answer by key or speech. The question is the one that the tier asks. */
export function settleConfirmation(
  speaker: Speaker,
  { tier, context, isDisowned, askedTopic = false }: AskedCall,
  digits: string | undefined,
  speech: string | undefined,
): SettledConfirmation {
  const asked: Confirmation = askedTopic ? { kind: 'open' } : chooseConfirmation(speaker, tier, context)
  const { confirmed, ...topic } = readConfirmation(speaker, asked, digits, speech)
  const isShared = (context?.candidates?.length ?? 0) > 1
  const after = tierAfter(tier, asked, confirmed, isDisowned || isShared)
  const isDenied = asked.kind === 'caller' && confirmed === 'no'
  return { tier: after, confirmed, topic, context: isDenied ? undefined : context, isDenied }
}

/**
 * The tier after an answer.
 *
 * A yes raises `possible` to `likely` and never higher: saying yes costs an impostor nothing. A no to "have you
 * called before" makes the caller `new`; a no to the open intent says nothing of who is calling. Nothing raises a
 * number that the network disowns, nor one that several customers use: a yes does not say which of them it is.
 */
function tierAfter(
  tier: Tier,
  confirmation: Confirmation,
  confirmed: ConfirmationAnswer['confirmed'],
  isDoubtful: boolean,
): Tier {
  if (confirmation.kind !== 'caller' || confirmed === 'unclear') return tier
  if (confirmed === 'no') return 'new'
  return isDoubtful ? tier : 'likely'
}
