import type { CallerAction, InputKind } from '../caller.ts'
import { pressingSeconds, speakingSeconds } from '../duration.ts'
import type { LineInput } from '../events.ts'
import { inputKindOf, pressedKeys } from './action.ts'

/** What a `<Gather>` listens for, and for how long. Times in seconds. */
export interface Listening {
  readonly input: readonly InputKind[]
  readonly timeoutSeconds: number
  readonly speechTimeoutSeconds: number
  readonly finishOnKey: string
  readonly numDigits: number | undefined
}

/** What a `<Gather>` made of an action, and the seconds until it knew. */
export interface Heard {
  readonly input: LineInput
  readonly seconds: number
}

// Twilio's recogniser is never quite certain; this engine always hears well.
const SPEECH_CONFIDENCE = 0.9

/**
 * What a `<Gather>` hears. Keys count up to the finish key, then up to `numDigits`; what follows is lost. Input that it
 * does not listen for is as good as silence.
 */
export function hear(listening: Listening, action: CallerAction): Heard {
  const nothing: Heard = { input: { kind: 'nothing' }, seconds: listening.timeoutSeconds }
  const kind = inputKindOf(action)
  if (kind === undefined || !listening.input.includes(kind)) return nothing
  if (action.kind === 'press') return hearKeys(listening, pressedKeys(action)) ?? nothing
  const text = action.kind === 'say' ? action.text.trim() : ''
  if (text === '') return nothing
  return {
    input: { kind: 'speech', text, confidence: SPEECH_CONFIDENCE },
    seconds: speakingSeconds(text) + listening.speechTimeoutSeconds,
  }
}

function hearKeys(listening: Listening, pressed: string): Heard | undefined {
  const { finishOnKey, numDigits, timeoutSeconds } = listening
  const finish = finishOnKey === '' ? -1 : pressed.indexOf(finishOnKey)
  const digits = (finish === -1 ? pressed : pressed.slice(0, finish)).slice(0, numDigits)
  // TWILIO: the finish key alone counts as no input at all, without waiting for more.
  if (digits === '') return finish === -1 ? undefined : { input: { kind: 'nothing' }, seconds: 0.5 }
  const complete = finish !== -1 || digits.length === numDigits
  return {
    input: { kind: 'digits', digits },
    seconds: pressingSeconds(digits) + (complete ? 0 : timeoutSeconds),
  }
}
