import { emit, spend, warn } from '../call.ts'
import type { DialCallStatus, DialTarget, Params } from '../events.ts'
import type { TwimlElement } from '../parse-twiml.ts'
import { elementsOf, textOf } from '../parse-twiml.ts'
import { allowsChild, hasText } from '../schema.ts'
import { newSid } from '../../sid.ts'
import { optionalAction } from './action.ts'
import { wholeNumber } from './attributes.ts'
import type { Verb } from './verb.ts'
import { NEXT } from './verb.ts'

const CONVERSATION_SECONDS = 30
const REFUSAL_SECONDS = 2

/**
 * `<Dial>`: calls somebody else. Nobody is there: the leg ends as the call's options say, then the call goes to the
 * action URL if there is one, or on to the next verb.
 */
export const dial: Verb = async (element, context) => {
  const { call } = context
  const targets = targetsOf(element)
  if (targets.length === 0) {
    warn(call, 12200, '<Dial> has nobody to call')
    return NEXT
  }
  const status = call.options.dialCallStatus ?? 'no-answer'
  const seconds = legSeconds(status, wholeNumber(call, element, 'timeout', 1, 30))
  emit(call, { kind: 'dial', targets, status })
  spend(call, seconds)
  const params: Params = {
    DialCallStatus: status,
    DialCallSid: newSid('CA'),
    ...(hasTalked(status) && { DialCallDuration: String(seconds) }),
  }
  return optionalAction(element, context, params)
}

function targetsOf(element: TwimlElement): readonly DialTarget[] {
  const nouns = elementsOf(element)
    .filter((child) => allowsChild('Dial', child.name))
    .map((child) => ({ noun: child.name, value: textOf(child) }))
  const text = element.children.filter((child) => typeof child === 'string').join(' ')
  return hasText(element) ? [{ noun: 'Number', value: text.replace(/\s+/g, ' ').trim() }, ...nouns] : nouns
}

function legSeconds(status: DialCallStatus, timeoutSeconds: number): number {
  if (hasTalked(status)) return CONVERSATION_SECONDS
  return status === 'no-answer' ? timeoutSeconds : REFUSAL_SECONDS
}

function hasTalked(status: DialCallStatus): boolean {
  return status === 'completed' || status === 'answered'
}
