import { parseAni } from '../caller/ani.ts'
import type { Occurrence } from '../call/saving/decide-save.ts'
import type { KnownOfCall } from '../call/saving/save-call.ts'
import { readWrapUp, type WrapUp } from '../call/saving/wrap-up.ts'
import type { RuntimeEvent } from './runtime.ts'

/** A TaskRouter event that concerns the saves of a call. */
export interface TaskEvent {
  readonly known: KnownOfCall
  readonly occurrence: Exclude<Occurrence, { kind: 'overdue' | 'call-ended' | 'agent-saved' }>
  /** What the agent has written so far. */
  readonly wrapUp: WrapUp
}

/**
 * Reads a TaskRouter event callback. Undefined for events that change nothing for a call, and for tasks that
 * are no calls.
 */
export function parseTaskEvent(event: RuntimeEvent): TaskEvent | undefined {
  const attributes = readAttributes(event['TaskAttributes'])
  const callSid = sid('CA', attributes['call_sid'])
  const taskSid = sid('WT', event['TaskSid'])
  if (callSid === undefined || taskSid === undefined) return undefined
  const reservationSid = sid('WR', event['ReservationSid']) ?? sid('WR', event['ResourceSid'])
  const wrapUp = wrapUpOf(attributes, reservationSid)
  const workerSid = sid('WK', event['WorkerSid'])
  const agent = reservationSid === undefined ? undefined : { reservationSid, ...(workerSid && { workerSid }) }
  const occurrence = occurrenceOf(String(event['EventType']), taskSid, agent, wrapUp)
  return occurrence && { known: knownOf(callSid, attributes), occurrence, wrapUp }
}

/** The call that a task's attributes name; undefined when the task is no call. */
export function callOfTask(attributes: string | undefined): KnownOfCall | undefined {
  const fields = readAttributes(attributes)
  const callSid = sid('CA', fields['call_sid'])
  return callSid === undefined ? undefined : knownOf(callSid, fields)
}

type Attributes = Readonly<Record<string, unknown>>

function occurrenceOf(
  eventType: string,
  taskSid: string,
  agent: { readonly reservationSid: string; readonly workerSid?: string } | undefined,
  wrapUp: WrapUp,
): TaskEvent['occurrence'] | undefined {
  switch (eventType) {
    case 'reservation.accepted':
    case 'reservation.wrapup':
      return agent && { kind: 'agent-accepted', ...agent }
    case 'reservation.completed':
      return agent && { kind: 'agent-left', reservationSid: agent.reservationSid, wrapUp }
    case 'task.completed':
    case 'task.canceled':
    case 'task.deleted':
    case 'task.system-deleted':
      return { kind: 'task-over', taskSid, wrapUp }
    default:
      return undefined
  }
}

function knownOf(callSid: string, attributes: Attributes): KnownOfCall {
  const customerRef = attributes['customer_ref']
  const isReference = typeof customerRef === 'string' && /^[\w.:-]{1,128}$/.test(customerRef)
  // TWILIO adds the call's own parameters to a task that `<Enqueue>` made.
  const isOutbound = String(attributes['direction']).startsWith('outbound')
  const number = attributes[isOutbound ? 'to' : 'from']
  const ani = typeof number === 'string' ? parseAni(number) : undefined
  return {
    callSid,
    mayOpen: true,
    ...(isReference && { customerRef }),
    ...(ani?.kind === 'number' && { ani: ani.e164 }),
  }
}

/**
 * What the agent wrote, as the task has it: the draft of this kit's plugin, and what plugins for dispositions
 * leave for Flex Insights. A draft of another agent of the same task is not this one's.
 */
function wrapUpOf(attributes: Attributes, reservationSid: string | undefined): WrapUp {
  const draft = fieldsOf(fieldsOf(attributes['caller_context'])['draft'])
  const writer = draft['reservation_sid']
  const own = writer === undefined || reservationSid === undefined || writer === reservationSid ? draft : {}
  const { outcome, content } = fieldsOf(attributes['conversations'])
  return readWrapUp({
    intent: own['intent'],
    intentStatus: own['intent_status'],
    variables: own['variables'],
    notes: own['notes'] ?? content,
    disposition: own['disposition'] ?? outcome,
  })
}

function readAttributes(value: unknown): Attributes {
  try {
    return fieldsOf(JSON.parse(String(value)))
  } catch {
    return {}
  }
}

function fieldsOf(value: unknown): Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Attributes) : {}
}

function sid(prefix: string, value: unknown): string | undefined {
  const isSid = typeof value === 'string' && value.startsWith(prefix) && /^..[0-9a-f]{32}$/i.test(value)
  return isSid ? value : undefined
}
