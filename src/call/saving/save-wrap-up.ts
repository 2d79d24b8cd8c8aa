import type { Occurrence } from './decide-save.ts'
import { type KnownOfCall, type SaveOutcome, saveOn, type SavingPorts } from './save-call.ts'

export interface SaveWrapUpPorts extends SavingPorts {
  readonly tasks: { readonly callOf: (taskSid: string) => Promise<KnownOfCall | undefined> }
}

/**
 * Saves what an agent sends. A call without a session is taken only when TaskRouter says that the task is this
 * very call's.
 *
 * @throws CM_SESSION_UNAVAILABLE
 */
export async function saveWrapUp(
  callSid: string,
  taskSid: string | undefined,
  occurrence: Extract<Occurrence, { kind: 'agent-saved' }>,
  ports: SaveWrapUpPorts,
): Promise<SaveOutcome> {
  const outcome = await saveOn({ callSid, mayOpen: false }, occurrence, ports)
  if (!needsTask(outcome) || taskSid === undefined) return outcome
  const known = await ports.tasks.callOf(taskSid)
  return known?.callSid === callSid ? saveOn(known, occurrence, ports) : outcome
}

function needsTask({ kind }: SaveOutcome): boolean {
  return kind === 'unknown-call' || kind === 'nobody'
}
