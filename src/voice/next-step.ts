import type { Tier, VerificationOutcome } from '../contract.ts'
import type { CallFlow, VerifyMethod } from './call-flow.ts'
import { openTopic, type NamedTopic } from './greeting.ts'
import { OTHER_INTENT, readGoOn, readMenuAnswer } from './menu.ts'
import { askGoOn, askTopic, type MenuQuestion, thankForTopic } from './menu-steps.ts'
import { matchLanguage, type Speaker, speakerFor } from './speaker.ts'
import type { VoiceStep } from './twiml.ts'

/** Where the questions about the topic stand, and what the caller answered. */
export interface TopicTurn {
  readonly speaker: Speaker
  readonly tier: Tier
  readonly known?: {
    readonly openIntents: readonly { intent: string; status: string; attempt_count: number }[]
    readonly variables: Readonly<Record<string, string>>
  }
  /** Whether the last question was about the open matter. */
  readonly askedAboutOpen: boolean
  readonly asked: number
  /** Whether the caller has chosen a language on this call. */
  readonly languageChosen: boolean
  readonly digits?: string
  readonly speech?: string
  /** Whether this caller goes on without being verified. */
  readonly skipsVerification: boolean
}

/** What the caller has told, to be kept with the call. */
export interface Learned {
  readonly intent?: string
  readonly said?: string
  readonly language?: string
  readonly languageChosen?: true
}

/** What comes next on the line, and what was learned. */
export interface TopicOutcome {
  readonly speaker: Speaker
  readonly steps: readonly VoiceStep[]
  readonly learned?: Learned
}

/** What a caller of a tier has to prove for an intent; undefined for nothing. */
export function verifyMethodOf(
  { menu, verifyPossible }: CallFlow,
  tier: Tier,
  intent: string | undefined,
): VerifyMethod | undefined {
  const method = menu.find((entry) => entry.intent === intent)?.verify
  return method === 'quick' && tier === 'possible' ? verifyPossible : method
}

/** Decides what comes after the greeting, or after an answer: a question, or the way on. */
export function takeTopicTurn(turn: TopicTurn): TopicOutcome {
  const open = openTopic(turn.speaker, turn.tier, turn.known)
  const isFirst = turn.asked === 0
  if (open && (isFirst || turn.askedAboutOpen)) return aboutOpenMatter(turn, open)
  return aboutTopic(turn)
}

function aboutOpenMatter(turn: TopicTurn, open: NamedTopic): TopicOutcome {
  const { speaker, digits, speech } = turn
  const answer = readMenuAnswer(speaker, digits, speech)
  if (answer.kind === 'language') return inLanguage(turn, answer.tag, open)
  switch (readGoOn(speaker, digits, speech)) {
    case 'go-on':
      return settle(turn, { intent: open.intent })
    case 'other':
      return { speaker, steps: askTopic(speaker, question({ ...turn, asked: 0 }, true)) }
    case 'nothing':
      return { speaker, steps: askGoOn(speaker, open, question(turn, true)) }
    case 'unclear':
      return answer.kind === 'said' && answer.intent !== OTHER_INTENT
        ? settle(turn, { intent: answer.intent, said: answer.said })
        : { speaker, steps: askGoOn(speaker, open, question(turn, false)) }
  }
}

function aboutTopic(turn: TopicTurn): TopicOutcome {
  const { speaker, digits, speech } = turn
  const answer = readMenuAnswer(speaker, digits, speech)
  switch (answer.kind) {
    case 'chosen':
      return settle(turn, { intent: answer.intent })
    case 'said':
      return settle(turn, { intent: answer.intent, said: answer.said })
    case 'language':
      return inLanguage(turn, answer.tag, undefined)
    case 'nothing':
      return { speaker, steps: askTopic(speaker, question(turn, true)) }
    case 'unknown-key':
      return { speaker, steps: askTopic(speaker, question(turn, false)) }
  }
}

/** The same question anew, in the language that the caller has chosen. That can be done once. */
function inLanguage(turn: TopicTurn, tag: string, open: NamedTopic | undefined): TopicOutcome {
  const { speaker } = turn
  if (turn.languageChosen) {
    const again = question(turn, false)
    return { speaker, steps: open ? askGoOn(speaker, open, again) : askTopic(speaker, again) }
  }
  const chosen = speakerFor(speaker.flow, tag)
  const translated = open && openTopic(chosen, turn.tier, turn.known)
  const first: MenuQuestion = { asked: 0, understood: true, mayChooseLanguage: false }
  return {
    speaker: chosen,
    steps: translated ? askGoOn(chosen, translated, first) : askTopic(chosen, first),
    learned: { language: tag, languageChosen: true },
  }
}

function question(turn: TopicTurn, understood: boolean): MenuQuestion {
  const remembered = matchLanguage(turn.speaker.flow, turn.known?.variables['language'])
  return { asked: turn.asked, understood, mayChooseLanguage: !turn.languageChosen && !remembered }
}

function settle(turn: TopicTurn, learned: Learned): TopicOutcome {
  const { speaker, skipsVerification } = turn
  const verifies = verifyMethodOf(speaker.flow, turn.tier, learned.intent) && !skipsVerification
  return { speaker, steps: thankForTopic(speaker, verifies ? '/verify-identity' : '/connect-agent'), learned }
}

/** Whether an agent has to ask who is calling, because verification was tried or wanted and did not succeed. */
export function needsQuestions(verification: VerificationOutcome): boolean {
  return !['not_asked', 'code', 'code_and_account'].includes(verification)
}
