import type { Call } from '../call.ts'
import { askCaller, emit, isOverdue, noteInput, spend, warn } from '../call.ts'
import type { InputKind } from '../caller.ts'
import type { LineInput, Params } from '../events.ts'
import type { TwimlElement } from '../parse-twiml.ts'
import { elementsOf } from '../parse-twiml.ts'
import { violationsOf } from '../schema.ts'
import { actionRequest, callerLeaves } from './action.ts'
import { flag, keys, wholeNumber } from './attributes.ts'
import type { Listening } from './gather-input.ts'
import { hear } from './gather-input.ts'
import { pausePrompt, playPrompt, sayPrompt } from './prompt.ts'
import type { Step, Verb, VerbContext } from './verb.ts'
import { NEXT } from './verb.ts'

/**
 * `<Gather>`: prompts the caller and listens for keys or speech. With input the call goes to the action URL;
 * without, it falls through to the next verb unless `actionOnEmptyResult` says otherwise.
 */
export const gather: Verb = async (element, context) => {
  const { call } = context
  const listening = readListening(element, call)
  for (const prompt of elementsOf(element)) playNested(prompt, context)
  if (isOverdue(call)) return NEXT
  emitGather(element, call, listening)
  const { input: accepts, finishOnKey, numDigits } = listening
  const action = await askCaller(call, (heard) => ({
    kind: 'gather',
    accepts,
    finishOnKey,
    heard,
    ...(numDigits !== undefined && { numDigits }),
  }))
  if (action.kind === 'hang-up') return callerLeaves(call)
  const { input, seconds } = hear(listening, action)
  emit(call, { kind: 'caller', action, input })
  spend(call, seconds)
  return stepAfter(element, context, listening, input)
}

function stepAfter(
  element: TwimlElement,
  context: VerbContext,
  listening: Listening,
  input: LineInput,
): Step {
  if (input.kind === 'nothing') {
    if (!flag(context.call, element, 'actionOnEmptyResult', false)) return NEXT
  } else {
    noteInput(context.call)
  }
  return { kind: 'goto', request: actionRequest(element, context, inputParams(listening, input)) }
}

function inputParams(listening: Listening, input: LineInput): Params {
  if (input.kind === 'digits') return { Digits: input.digits }
  if (input.kind === 'speech') return { SpeechResult: input.text, Confidence: String(input.confidence) }
  // TWILIO: what an empty result carries is not documented; an application must take absent for empty anyway.
  // (observed 2026-11)
  return listening.input.includes('dtmf') ? { Digits: '' } : {}
}

function readListening(element: TwimlElement, call: Call): Listening {
  const timeoutSeconds = wholeNumber(call, element, 'timeout', 1, 5)
  const automatic = element.attributes['speechTimeout'] === 'auto'
  return {
    input: readInput(element, call),
    timeoutSeconds,
    // TWILIO: "auto" stops at the first pause in speech; one second stands for that. (observed 2026-11)
    speechTimeoutSeconds: automatic ? 1 : wholeNumber(call, element, 'speechTimeout', 1, timeoutSeconds),
    finishOnKey: keys(call, element, 'finishOnKey', /^[\d*#]?$/, '#'),
    numDigits: wholeNumber(call, element, 'numDigits', 1, undefined),
  }
}

function readInput(element: TwimlElement, call: Call): readonly InputKind[] {
  const words = (element.attributes['input'] ?? 'dtmf').split(/\s+/).filter((word) => word !== '')
  const kinds = (['dtmf', 'speech'] as const).filter((kind) => words.includes(kind))
  if (kinds.length > 0 && words.every((word) => word === 'dtmf' || word === 'speech')) return kinds
  warn(call, 12200, 'attribute "input" of <Gather> is not dtmf, speech or both')
  return kinds.length > 0 ? kinds : ['dtmf']
}

function emitGather(element: TwimlElement, call: Call, listening: Listening): void {
  const { language, hints } = element.attributes
  emit(call, {
    kind: 'gather',
    input: listening.input,
    timeoutSeconds: listening.timeoutSeconds,
    finishOnKey: listening.finishOnKey,
    ...(listening.numDigits !== undefined && { numDigits: listening.numDigits }),
    ...(language !== undefined && { language }),
    ...(hints !== undefined && { hints }),
  })
}

function playNested(prompt: TwimlElement, { call, documentUrl }: VerbContext): void {
  for (const violation of violationsOf(prompt)) warn(call, 12200, violation)
  if (prompt.name === 'Say') sayPrompt(prompt, call, 1)
  else if (prompt.name === 'Play') playPrompt(prompt, call, documentUrl, 1)
  else if (prompt.name === 'Pause') pausePrompt(prompt, call)
}
