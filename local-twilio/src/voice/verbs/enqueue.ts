import type { Call } from '../call.ts'
import { emit, isOverdue, spend } from '../call.ts'
import type { Params } from '../events.ts'
import type { TwimlElement } from '../parse-twiml.ts'
import { newSid } from '../../sid.ts'
import { talkToAgent } from './agent-talk.ts'
import { actionRequest, callerLeaves, optionalAction, tellAfterTheCall } from './action.ts'
import { httpMethod, resolveUrl } from './attributes.ts'
import { readQueuePlace } from './queue-place.ts'
import type { CallEnd, Step, Verb, VerbContext, WaitOutcome } from './verb.ts'
import { LONGEST_CALL } from './verb.ts'

// How long a caller waits for an agent who does not come.
const PATIENCE_SECONDS = 60

/**
 * `<Enqueue>`: the caller waits for an agent and hears the document of `waitUrl` once, hold music otherwise. Where
 * agents are, one may answer. Otherwise the caller gives up, or leaves the queue if the document or the call's options
 * say so.
 */
export const enqueue: Verb = async (element, context) => {
  const { call } = context
  const place = readQueuePlace(element, call)
  if (place === undefined) return optionalAction(element, context, { QueueResult: 'error' })
  const queueSid = newSid('QU')
  const enteredAt = call.state.seconds
  emit(call, { kind: 'enqueue', queueSid, ...place })
  const { callSid, from, to, agents } = call.options
  const line = await agents?.queue({ ...place, callSid, from, to })
  const waited = await waitForAgent(element, context, queueSid)
  if (line && waited.kind === 'waited') return talkToAgent(element, context, { line, queueSid, enteredAt })
  line?.hangUp()
  return goUnanswered(element, context, { waited, queueSid, enteredAt })
}

interface Unanswered {
  readonly waited: WaitOutcome
  readonly queueSid: string
  readonly enteredAt: number
}

async function goUnanswered(
  element: TwimlElement,
  context: VerbContext,
  { waited, queueSid, enteredAt }: Unanswered,
): Promise<Step> {
  const { call } = context
  const leaves = waited.kind === 'leave' || call.options.queue === 'leave'
  const hasWaited = call.state.seconds - enteredAt
  spend(call, waited.kind === 'waited' ? Math.max(0, PATIENCE_SECONDS - hasWaited) : 1)
  const seconds = Math.ceil(call.state.seconds - enteredAt)
  const result = waited.kind !== 'end' && leaves ? 'leave' : 'hangup'
  const params: Params = { QueueResult: result, QueueSid: queueSid, QueueTime: String(seconds) }
  const dequeue = { kind: 'dequeue', queueSid, result, seconds } as const
  if (result === 'leave') {
    emit(call, dequeue)
    return optionalAction(element, context, params)
  }
  const end = waited.kind === 'end' ? waited : giveUp(call)
  emit(call, dequeue)
  if (element.attributes['action'] !== undefined) {
    await tellAfterTheCall(call, actionRequest(element, context, params))
  }
  return end
}

function giveUp(call: Call): CallEnd {
  return isOverdue(call) ? LONGEST_CALL : callerLeaves(call)
}

async function waitForAgent(
  element: TwimlElement,
  context: VerbContext,
  queueSid: string,
): Promise<WaitOutcome> {
  const url = element.attributes['waitUrl'] ?? ''
  // TWILIO: an empty waitUrl is silence, an absent one is hold music. Neither is a request to the application.
  if (url === '') return { kind: 'waited' }
  return context.wait({
    purpose: 'wait',
    url: resolveUrl(url, context.documentUrl),
    method: httpMethod(context.call, element, 'waitUrlMethod'),
    params: {
      QueueSid: queueSid,
      QueueTime: '0',
      QueuePosition: '1',
      CurrentQueueSize: '1',
      AvgQueueTime: '0',
    },
  })
}
