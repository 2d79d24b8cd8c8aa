import type { Ani } from '../../caller/ani.ts'
import { asCallerMemoryError, type CallerMemoryError } from '../../errors.ts'
import type { CallRecord } from '../../memory/caller-memory.ts'
import { deliverRecord } from './deliver-record.ts'
import { type SaveOutcome, saveOn, type SavingPorts } from './save-call.ts'

/** A call that is over. */
export interface CallOver {
  readonly callSid: string
  readonly ani: Ani
  readonly durationSeconds: number
}

/**
 * Saves a call that is over, unless an agent has it. Never throws. While its session cannot be reached, the
 * contact alone is saved by number, and the outcome is `failed`: the callback has to come again, and what the
 * session knows is then added to the contact.
 */
export async function saveEndedCall(ended: CallOver, ports: SavingPorts): Promise<SaveOutcome> {
  const { callSid, ani, durationSeconds } = ended
  const number = ani.kind === 'number' ? { ani: ani.e164 } : {}
  try {
    return await saveOn({ callSid, ...number, mayOpen: true }, { kind: 'call-ended', durationSeconds }, ports)
  } catch (error) {
    const fault = asCallerMemoryError(error)
    const variables = { call_duration_seconds: String(durationSeconds) }
    return saveContact({ callSid, ...number, variables }, fault, ports)
  }
}

/**
 * Saves the contact alone, by number, for a call whose session cannot be reached. The outcome is `failed` all
 * the same: what the session knows is still to be saved.
 */
export async function saveContact(
  record: CallRecord,
  fault: CallerMemoryError,
  { memory }: Pick<SavingPorts, 'memory'>,
): Promise<SaveOutcome> {
  if (record.ani === undefined) return { kind: 'failed', faults: [fault] }
  const contact = await deliverRecord({ record, complete: false }, memory)
  return { kind: 'failed', faults: contact.kind === 'landed' ? [fault] : [fault, contact.fault] }
}
