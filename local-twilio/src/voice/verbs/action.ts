import type { Call } from '../call.ts'
import { emit, warn } from '../call.ts'
import type { WebhookRequest } from '../deliver-webhook.ts'
import { deliverWebhook } from '../deliver-webhook.ts'
import type { CallerAction, InputKind } from '../caller.ts'
import type { Params } from '../events.ts'
import type { TwimlElement } from '../parse-twiml.ts'
import { httpMethod, resolveUrl } from './attributes.ts'
import type { CallEnd, Step, VerbContext } from './verb.ts'
import { NEXT } from './verb.ts'

/** The request to a verb's action URL; without one, to the document's own. */
export function actionRequest(element: TwimlElement, context: VerbContext, params: Params): WebhookRequest {
  return {
    purpose: 'action',
    url: resolveUrl(element.attributes['action'] ?? '', context.documentUrl),
    method: httpMethod(context.call, element, 'method'),
    params,
  }
}

/** Goes to the action URL of a verb that only has one when it says so; without one, on to the next verb. */
export function optionalAction(element: TwimlElement, context: VerbContext, params: Params): Step {
  if (element.attributes['action'] === undefined) return NEXT
  return { kind: 'goto', request: actionRequest(element, context, params) }
}

/** Tells the application something after the caller has gone. Its answer plays to nobody, so it is not read. */
export async function tellAfterTheCall(call: Call, request: WebhookRequest): Promise<void> {
  const answer = await deliverWebhook(call, { ...request, callStatus: 'completed' })
  if (answer.kind === 'failed') warn(call, answer.error.code, answer.error.reason)
  else if (answer.status < 200 || answer.status > 299) warn(call, 11200, `HTTP status ${answer.status}`)
}

/** The caller hangs up. */
export function callerLeaves(call: Call): CallEnd {
  emit(call, { kind: 'caller', action: { kind: 'hang-up' }, input: { kind: 'nothing' } })
  return { kind: 'end', by: 'caller', reason: 'caller-left' }
}

/** The keys in a press. What is no key of a telephone cannot be pressed and is dropped. */
export function pressedKeys(action: Extract<CallerAction, { kind: 'press' }>): string {
  return action.digits.replace(/[^\d*#]/g, '')
}

/** The kind of input that an action is, if it is any. */
export function inputKindOf(action: CallerAction): InputKind | undefined {
  switch (action.kind) {
    case 'press':
      return 'dtmf'
    case 'say':
      return 'speech'
    case 'silent':
    case 'hang-up':
      return undefined
  }
}
