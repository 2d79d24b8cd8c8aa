import type { Tier } from '../contract.ts'
import type { CallerContext } from '../memory/caller-memory.ts'
import { speakable, speakableLabel } from './speech.ts'
import { MENU, TEXTS } from './texts.ts'

/**
 * The greeting of a tier, as sentences.
 *
 * - `recognized` names the open intent and repeats what the caller told us, as far as `spokenVariables` allows;
 * - `likely` names the open intent only;
 * - `possible` says that they may have called before, and nothing of what we know;
 * - `new`, and every call without a context, gets the standard greeting.
 */
export function greet(
  tier: Tier,
  context: CallerContext | undefined,
  spokenVariables: readonly string[],
): readonly string[] {
  if (!context) return [TEXTS.welcome]
  switch (tier) {
    case 'recognized':
      return [TEXTS.welcomeBack, ...topicOf(context), ...wordsOf(context, spokenVariables)]
    case 'likely':
      return [TEXTS.welcomeBack, ...topicOf(context)]
    case 'possible':
      return [TEXTS.welcome, TEXTS.perhapsKnown]
    case 'new':
      return [TEXTS.welcome]
  }
}

/** An open intent, with the words by which it can be named to the caller. */
export interface NamedTopic {
  readonly intent: string
  readonly topic: string
}

/** The open intent that is named to a caller: the first that has words; undefined when none has. */
export function namedTopic({ openIntents }: CallerContext): NamedTopic | undefined {
  for (const { intent } of openIntents) {
    const entry = MENU.find((candidate) => candidate.intent === intent)
    const topic = entry ? entry.topic : speakableLabel(intent)
    if (topic) return { intent, topic }
  }
  return undefined
}

function topicOf(context: CallerContext): readonly string[] {
  const named = namedTopic(context)
  return named ? [TEXTS.lastTimeAbout(named.topic)] : []
}

function wordsOf({ variables }: CallerContext, spokenVariables: readonly string[]): readonly string[] {
  return spokenVariables.flatMap((name) => {
    const words = speakable(variables[name]?.value ?? '')
    return words ? [TEXTS.youSaid(words)] : []
  })
}
