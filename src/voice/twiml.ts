import VoiceResponse from 'twilio/lib/twiml/VoiceResponse'
import { TEXTS } from './texts.ts'

/** One step of what Twilio does for the caller. */
export type VoiceStep =
  | { readonly kind: 'say'; readonly text: string }
  | {
      readonly kind: 'ask'
      readonly prompts: readonly string[]
      readonly hints: string
      readonly action: string
    }
  | { readonly kind: 'record'; readonly action: string }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'hang-up' }

// Twilio's longest <Say>.
const MAX_SAY = 4_096
const MESSAGE_SECONDS = 120

/** Renders steps as a TwiML document. Text is escaped; nothing in it can become markup. */
export function renderTwiml(steps: readonly VoiceStep[]): string {
  const response = new VoiceResponse()
  for (const step of steps) append(response, step)
  return response.toString()
}

/** Each sentence as a step of its own, so that Twilio pauses between them. */
export function say(sentences: readonly string[]): readonly VoiceStep[] {
  return sentences.map((text) => ({ kind: 'say', text }))
}

const VOICE = { voice: TEXTS.voice, language: TEXTS.language } as const

function append(response: VoiceResponse, step: VoiceStep): void {
  switch (step.kind) {
    case 'say':
      response.say(VOICE, step.text.slice(0, MAX_SAY))
      break
    case 'ask':
      appendAsk(response, step)
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
    case 'redirect':
      response.redirect({ method: 'POST' }, step.to)
      break
    case 'hang-up':
      response.hangup()
      break
  }
}

function appendAsk(response: VoiceResponse, step: Extract<VoiceStep, { kind: 'ask' }>): void {
  const gather = response.gather({
    action: step.action,
    input: ['dtmf', 'speech'],
    numDigits: 1,
    timeout: 5,
    speechTimeout: 'auto',
    language: TEXTS.language,
    hints: step.hints,
  })
  for (const prompt of step.prompts) gather.say(VOICE, prompt.slice(0, MAX_SAY))
}
