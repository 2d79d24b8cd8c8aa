import VoiceResponse from 'twilio/lib/twiml/VoiceResponse'
import type { Speaker } from './speaker.ts'

/** One step of what Twilio does for the caller. */
export type VoiceStep =
  | { readonly kind: 'say'; readonly text: string }
  | AskStep
  | { readonly kind: 'record'; readonly action: string }
  | EnqueueStep
  | { readonly kind: 'play'; readonly url: string }
  | { readonly kind: 'pause'; readonly seconds: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'hang-up' }

/** A question that is answered by keys or speech. */
export interface AskStep {
  readonly kind: 'ask'
  readonly prompts: readonly string[]
  /** Said after the prompts, each in its own language. */
  readonly otherLanguages?: readonly { readonly text: string; readonly tag: string }[]
  readonly hints?: string
  readonly action: string
  /** How many keys answer it: one unless it says so, `many` up to the pound key. */
  readonly keys?: 'one' | 'many'
}

/** Puts the call into a queue: as a task of a workflow, or by the queue's name. */
export interface EnqueueStep {
  readonly kind: 'enqueue'
  readonly place: { readonly workflowSid: string } | { readonly queue: string }
  /** JSON text. Used by workflows only. */
  readonly taskAttributes: string
  readonly priority: number
  readonly action: string
  readonly waitUrl: string
}

// Twilio's longest <Say>.
const MAX_SAY = 4_096
const MESSAGE_SECONDS = 120

/** Renders steps as a TwiML document in the speaker's voice. Text is escaped; nothing in it can become markup. */
export function renderTwiml(speaker: Speaker, steps: readonly VoiceStep[]): string {
  const response = new VoiceResponse()
  for (const step of steps) append(response, speaker, step)
  return response.toString()
}

/** Each sentence as a step of its own, so that Twilio pauses between them. */
export function say(sentences: readonly string[]): readonly VoiceStep[] {
  return sentences.map((text) => ({ kind: 'say', text }))
}

type SayAttributes = Parameters<VoiceResponse['say']>[0]
type GatherAttributes = NonNullable<Parameters<VoiceResponse['gather']>[0]>

// The library knows voices and languages as unions of its own; ours come from a file that the build has checked.
function voiceOf({ flow, tag, voice }: Speaker, language: string = tag): SayAttributes {
  return { voice: flow.languages[language]?.voice ?? voice, language } as SayAttributes
}

function append(response: VoiceResponse, speaker: Speaker, step: VoiceStep): void {
  switch (step.kind) {
    case 'say':
      response.say(voiceOf(speaker), step.text.slice(0, MAX_SAY))
      break
    case 'ask':
      appendAsk(response, speaker, step)
      break
    case 'record':
      response.record({
        action: step.action,
        maxLength: MESSAGE_SECONDS,
        timeout: 5,
        finishOnKey: '#',
        playBeep: true,
      })
      break
    case 'enqueue':
      appendEnqueue(response, step)
      break
    case 'play':
      response.play(step.url)
      break
    case 'pause':
      response.pause({ length: step.seconds })
      break
    case 'redirect':
      response.redirect({ method: 'POST' }, step.to)
      break
    case 'hang-up':
      response.hangup()
      break
  }
}

function appendAsk(response: VoiceResponse, speaker: Speaker, step: AskStep): void {
  const { prompts, otherLanguages = [], hints, action, keys = 'one' } = step
  const gather = response.gather({
    action,
    input: ['dtmf', 'speech'],
    ...(keys === 'one' ? { numDigits: 1 } : { finishOnKey: '#' }),
    timeout: 5,
    speechTimeout: 'auto',
    language: speaker.tag as NonNullable<GatherAttributes['language']>,
    ...(hints && { hints }),
  })
  for (const prompt of prompts) gather.say(voiceOf(speaker), prompt.slice(0, MAX_SAY))
  for (const { text, tag } of otherLanguages) gather.say(voiceOf(speaker, tag), text.slice(0, MAX_SAY))
}

function appendEnqueue(response: VoiceResponse, step: EnqueueStep): void {
  const { place, taskAttributes, priority, action, waitUrl } = step
  if ('queue' in place) {
    response.enqueue({ action, waitUrl }, place.queue)
  } else {
    response.enqueue({ ...place, action, waitUrl }).task({ priority }, taskAttributes)
  }
}
