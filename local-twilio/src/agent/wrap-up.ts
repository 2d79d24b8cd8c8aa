import type { WrapUpDraft } from '../../../src/flex-contract.ts'
import type { AgentScript } from './agent-script.ts'
import type { SeatOptions, Turn } from './seat-agents.ts'

/**
 * Wraps a call up as the plugin does: what is written goes into the task's attributes while it is typed, then to
 * `save-context`, unless the tab is closed before. TaskRouter ends the wrap-up in either case.
 */
export async function wrapUp(
  { name, flex, reservation }: Turn,
  script: AgentScript,
  { floor, callSid, tell }: Pick<SeatOptions, 'floor' | 'callSid' | 'tell'>,
): Promise<void> {
  const { reservationSid, workerSid, task } = reservation
  const held = floor.reservationsOf(workerSid).find((one) => one.reservationSid === reservationSid)
  const attributes = JSON.parse(held?.task.attributes ?? task.attributes) as Record<string, unknown>
  const words = wordsOf(script, attributes)
  if (Object.keys(words).length > 0) {
    tell({ speaker: name, text: `writes: ${describe(words)}` })
    const draft: WrapUpDraft = { reservation_sid: reservationSid, ...words }
    await floor.updateTask(task.taskSid, {
      attributes: JSON.stringify({ ...attributes, caller_context: { draft } }),
    })
  }
  if (script.closesTab === true) tell({ speaker: name, text: 'closes the tab and sends nothing' })
  else {
    const place = { call_sid: callSid, task_sid: task.taskSid, reservation_sid: reservationSid }
    const receipt = await flex.save({ ...place, save_id: `${reservationSid}-1`, ...words })
    tell({ speaker: name, text: `sends the wrap-up: ${receipt?.status ?? 'no receipt'}` })
  }
  await floor.moveReservation(reservationSid, 'completed')
}

type Words = Readonly<Record<string, string>>

function wordsOf({ note, disposition }: AgentScript, attributes: Readonly<Record<string, unknown>>): Words {
  const { intent } = attributes
  return {
    ...(note !== undefined && { notes: note }),
    ...(disposition !== undefined && {
      disposition,
      intent_status: disposition,
      ...(typeof intent === 'string' && { intent }),
    }),
  }
}

function describe({ notes, disposition }: Words): string {
  return [
    ...(notes === undefined ? [] : [`"${notes}"`]),
    ...(disposition === undefined ? [] : [disposition]),
  ].join(', ')
}
