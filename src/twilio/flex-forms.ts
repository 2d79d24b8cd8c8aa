import type { Occurrence } from '../call/saving/decide-save.ts'
import { readWrapUp } from '../call/saving/wrap-up.ts'
import { CallerMemoryError } from '../errors.ts'
import type { Verdict } from '../memory/customer-memory.ts'
import type { FlexAgent } from './flex-tokens.ts'
import type { RuntimeEvent } from './runtime.ts'

/**
 * Reads `call_sid`.
 *
 * @throws CM_PAYLOAD_INVALID
 */
export function readCallSid(event: RuntimeEvent): string {
  return matching(event, 'call_sid', /^CA[0-9a-f]{32}$/i, 'CA and 32 hex digits')
}

/**
 * Reads the wrap-up that the plugin sends.
 *
 * @throws CM_PAYLOAD_INVALID
 */
export function readSaveForm(
  event: RuntimeEvent,
  { workerSid }: FlexAgent,
): Extract<Occurrence, { kind: 'agent-saved' }> {
  const form = /^WR[0-9a-f]{32}$/i
  const reservationSid = matching(event, 'reservation_sid', form, 'WR and 32 hex digits')
  const saveId = event['save_id'] ? matching(event, 'save_id', /^[\w.:-]{1,64}$/, 'at most 64 letters') : ''
  const wrapUp = readWrapUp({
    intent: event['intent'],
    intentStatus: event['intent_status'],
    notes: event['notes'],
    disposition: event['disposition'],
    variables: readJson(event['variables']),
  })
  return { kind: 'agent-saved', reservationSid, ...(workerSid && { workerSid }), saveId, wrapUp }
}

/** Reads `task_sid`; undefined where the plugin sends none. */
export function readTaskSid(event: RuntimeEvent): string | undefined {
  return event['task_sid']
    ? matching(event, 'task_sid', /^WT[0-9a-f]{32}$/i, 'WT and 32 hex digits')
    : undefined
}

/**
 * Reads what an agent says about whose call it was.
 *
 * @throws CM_PAYLOAD_INVALID
 */
export function readVerdict(event: RuntimeEvent): Verdict | { readonly verdict: 'forget' } {
  switch (event['verdict']) {
    case 'right_person':
    case 'wrong_person':
    case 'forget':
      return { verdict: event['verdict'] }
    case 'another':
      return {
        verdict: 'another',
        customer_ref: matching(event, 'customer_ref', /^[\w.:-]{1,128}$/, 'a reference of a candidate'),
      }
    case 'undo':
      return {
        verdict: 'undo',
        correction_id: matching(event, 'correction_id', /^[\w~-]{1,1000}$/, 'an id from an earlier answer'),
      }
    default:
      throw problem('verdict', 'right_person, wrong_person, another, undo or forget')
  }
}

function matching(event: RuntimeEvent, name: string, form: RegExp, expected: string): string {
  const value = event[name]
  if (typeof value === 'string' && form.test(value)) return value
  throw problem(name, expected)
}

function readJson(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  try {
    return JSON.parse(value)
  } catch {
    throw problem('variables', 'a JSON object')
  }
}

function problem(name: string, expected: string): CallerMemoryError {
  return new CallerMemoryError('CM_PAYLOAD_INVALID', `${name}: expected ${expected}`)
}
