import type { Call } from '../call.ts'
import { emit, spend, warn } from '../call.ts'
import { playingSeconds, pressingSeconds, speakingSeconds } from '../duration.ts'
import type { TwimlElement } from '../parse-twiml.ts'
import { textOf } from '../parse-twiml.ts'
import { spokenText } from '../spoken-text.ts'
import { resolveUrl, wholeNumber } from './attributes.ts'

/** How often `loop="0"` plays: Twilio stops after 1000 times. Inside a `<Gather>` the caller cuts it short. */
export type EndlessLoops = 1000 | 1

/** Says a `<Say>` to the caller. */
export function sayPrompt(element: TwimlElement, call: Call, endless: EndlessLoops): void {
  const text = spokenText(element)
  if (text === '') return warn(call, 12200, '<Say> has no text')
  const loop = wholeNumber(call, element, 'loop', 0, 1)
  const { language, voice } = element.attributes
  emit(call, {
    kind: 'say',
    text,
    loop,
    ...(language !== undefined && { language }),
    ...(voice !== undefined && { voice }),
  })
  call.state.heard.push(text)
  spend(call, speakingSeconds(text) * (loop || endless))
}

/** Plays a `<Play>`: tones if it has digits, otherwise a recording, which is not fetched. */
export function playPrompt(
  element: TwimlElement,
  call: Call,
  documentUrl: string,
  endless: EndlessLoops,
): void {
  const digits = element.attributes['digits'] ?? ''
  const url = textOf(element)
  const loop = wholeNumber(call, element, 'loop', 0, 1)
  if (digits !== '') {
    emit(call, { kind: 'play', digits, loop })
    return spend(call, pressingSeconds(digits) * (loop || endless))
  }
  if (url === '') return warn(call, 12200, '<Play> has neither a URL nor digits')
  emit(call, { kind: 'play', url: resolveUrl(url, documentUrl), loop })
  spend(call, playingSeconds() * (loop || endless))
}

/** Lets the seconds of a `<Pause>` pass. */
export function pausePrompt(element: TwimlElement, call: Call): void {
  const seconds = wholeNumber(call, element, 'length', 0, 1)
  emit(call, { kind: 'pause', seconds })
  spend(call, seconds)
}
