import { asCallerMemoryError } from '../../errors.ts'
import type { Occurrence } from './decide-save.ts'
import { type KnownOfCall, type SaveOutcome, saveOn, type SavingPorts } from './save-call.ts'
import { isEmptyWrapUp, type WrapUp } from './wrap-up.ts'

/**
 * Tells a call what TaskRouter said. Never throws: without the session the outcome is `failed`. What the agent
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
    return { kind: 'failed', faults: [asCallerMemoryError(error)] }
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
