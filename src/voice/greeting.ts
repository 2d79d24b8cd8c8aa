import type { Tier } from '../contract.ts'
import type { CallerContext } from '../memory/caller-memory.ts'
import { fill, menuTexts, type Speaker } from './speaker.ts'
import { speakable, speakableLabel } from './speech.ts'

/** What a greeting is made from. */
export type GreetingContext = Pick<CallerContext, 'openIntents' | 'variables'>

/**
 * The greeting of a tier, as sentences.
 *
 * - `recognized` names the open intent and repeats what the caller told us, as far as the spoken variables allow;
 * - `likely` names the open intent only;
 * - `possible` says that they may have called before, and nothing of what we know;
 * - `new`, and every call without a context, gets the standard greeting.
 */
export function greet(speaker: Speaker, tier: Tier, context: GreetingContext | undefined): readonly string[] {
  const { texts } = speaker
  if (!context) return [texts.welcome]
  switch (tier) {
    case 'recognized':
      return [texts.welcomeBack, ...lastTopic(speaker, context), ...wordsOf(speaker, context)]
    case 'likely':
      return [texts.welcomeBack, ...lastTopic(speaker, context)]
    case 'possible':
      return [texts.welcome, texts.perhapsKnown]
    case 'new':
      return [texts.welcome]
  }
}

/** An open intent, with the words by which it can be named to the caller. */
export interface NamedTopic {
  readonly intent: string
  readonly topic: string
}

/**
 * The first open intent that has words to speak of it. Only a caller who is `recognized` or `likely` hears it:
 * anybody else may be somebody else.
 */
export function openTopic(
  speaker: Speaker,
  tier: Tier,
  context: Pick<GreetingContext, 'openIntents'> | undefined,
): NamedTopic | undefined {
  return context && (tier === 'recognized' || tier === 'likely') ? namedTopic(speaker, context) : undefined
}

/** The open intent that can be named: the first that has words; undefined when none has. */
function namedTopic(
  speaker: Speaker,
  { openIntents }: Pick<GreetingContext, 'openIntents'>,
): NamedTopic | undefined {
  for (const { intent } of openIntents) {
    const topic = topicOf(speaker, intent)
    if (topic) return { intent, topic }
  }
  return undefined
}

/** How an intent is spoken of: as the menu says, or by its own label. Undefined for one that says nothing. */
export function topicOf(speaker: Speaker, intent: string): string | undefined {
  const entry = speaker.flow.menu.find((candidate) => candidate.intent === intent)
  return entry ? menuTexts(speaker, entry).topic : speakableLabel(intent)
}

function lastTopic(speaker: Speaker, context: GreetingContext): readonly string[] {
  const open = namedTopic(speaker, context)
  return open ? [fill(speaker.texts.lastTimeAbout, { topic: open.topic })] : []
}

function wordsOf({ flow, texts }: Speaker, { variables }: GreetingContext): readonly string[] {
  return flow.spokenVariables.flatMap((name) => {
    const words = speakable(variables[name]?.value ?? '')
    return words ? [fill(texts.youSaid, { words })] : []
  })
}
