import { warn } from '../call.ts'
import type { Verb } from './verb.ts'
import { NEXT } from './verb.ts'

/** `<Leave>`: takes a waiting caller out of the queue. Elsewhere there is no queue to leave. */
export const leave: Verb = async (_element, { call, inQueue }) => {
  if (inQueue) return { kind: 'leave' }
  warn(call, null, '<Leave> stands outside a queue and does nothing')
  return NEXT
}
