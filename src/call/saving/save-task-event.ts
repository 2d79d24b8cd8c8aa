import { asCallerMemoryError } from '../../errors.ts'
import type { Occurrence } from './decide-save.ts'
import { type KnownOfCall, type SaveOutcome, saveOn, type SavingPorts } from './save-call.ts'
import { saveContact } from './save-ended-call.ts'
import { isEmptyWrapUp, type WrapUp } from './wrap-up.ts'

/**
 * Tells a call what TaskRouter said. Never throws: without the session the outcome is `failed`, and of a
 * task that is over the contact alone is saved by number. What the agent
 * has written so far is kept sealed, for the case that nothing more comes.
 */
export async function saveTaskEvent(
  known: KnownOfCall,
  occurrence: Occurrence,
  wrapUp: WrapUp,
  ports: SavingPorts,
): Promise<SaveOutcome> {
  try {
    return await saveOn(known, withDraft(known.callSid, occurrence, wrapUp, ports), ports)
  } catch (error) {
    const fault = asCallerMemoryError(error)
    const { callSid, ani } = known
    if (occurrence.kind !== 'task-over' || ani === undefined) return { kind: 'failed', faults: [fault] }
    return saveContact({ callSid, ani, variables: {} }, fault, ports)
  }
}

function withDraft(
  callSid: string,
  occurrence: Occurrence,
  wrapUp: WrapUp,
  { sealer }: SavingPorts,
): Occurrence {
  if (occurrence.kind !== 'agent-accepted' || isEmptyWrapUp(wrapUp)) return occurrence
  const draft = sealer.seal(JSON.stringify(wrapUp), callSid)
  return draft === undefined ? occurrence : { ...occurrence, draft }
}
