import { topicOf } from './greeting.ts'
import { needsQuestions } from './next-step.ts'
import type { Routing } from './route-call.ts'
import { fill, type Speaker } from './speaker.ts'
import type { EnqueueStep, VoiceStep } from './twiml.ts'
import type { VerificationOutcome } from '../contract.ts'
import { askForMessage } from './voicemail.ts'

/** Connects the caller. */
export function connect(
  speaker: Speaker,
  { place, priority }: Extract<Routing, { kind: 'queue' }>,
  taskAttributes: string,
  verification: VerificationOutcome,
): readonly VoiceStep[] {
  const { texts } = speaker
  const enqueue: EnqueueStep = {
    kind: 'enqueue',
    place,
    taskAttributes,
    priority,
    action: '/connect-agent?after=queue',
    waitUrl: '/queue-wait',
  }
  return [
    ...(needsQuestions(verification) ? [{ kind: 'say', text: texts.notVerified } as const] : []),
    { kind: 'say', text: texts.connecting },
    enqueue,
    // Twilio goes on here when the call could not be enqueued at all.
    { kind: 'redirect', to: '/connect-agent?after=queue' },
  ]
}

// What a caller hears in between lasts about as long as a piece of music.
const SILENCE_SECONDS = 30

/**
 * What a caller hears in the queue, once round. The first round tells those whose matter is known that it is; Twilio
 * asks for the next round when this one has been heard.
 */
export function wait(
  speaker: Speaker,
  intent: string | undefined,
  waitedSeconds: number,
): readonly VoiceStep[] {
  const { flow, texts } = speaker
  const music: VoiceStep = flow.holdMusicUrl
    ? { kind: 'play', url: flow.holdMusicUrl }
    : { kind: 'pause', seconds: SILENCE_SECONDS }
  const topic = intent === undefined ? undefined : topicOf(speaker, intent)
  if (waitedSeconds > 0) return [{ kind: 'say', text: texts.waiting }, music]
  return [...(topic ? [{ kind: 'say', text: fill(texts.waitKnown, { topic }) } as const] : []), music]
}

/** How a wait in the queue ended, as far as the caller is concerned. */
export type AfterQueue = 'helped' | 'gone' | 'failed'

/** What comes after the queue. Who was not helped and is still there leaves a message. */
export function afterQueue(speaker: Speaker, end: AfterQueue): readonly VoiceStep[] {
  switch (end) {
    case 'helped':
      return [{ kind: 'hang-up' }]
    case 'gone':
      return []
    case 'failed':
      return askForMessage(speaker, 'nobody-free')
  }
}
