import type { ITask } from '@twilio/flex-ui'
import type { PanelTask } from '../components/CallerContext.tsx'
import { fieldsOf, textOf } from '../core/loose-json.ts'

/** A Flex task as the panel needs it; undefined for one that is no call. */
export function panelTaskOf(task: ITask | undefined): PanelTask | undefined {
  if (!task) return undefined
  const attributes: unknown = task.attributes
  const callSid = textOf(fieldsOf(attributes)['call_sid'], 64)
  if (callSid === undefined && task.taskChannelUniqueName !== 'voice') return undefined
  // In the Teams view a task has no reservation of one's own.
  const { taskSid, sid: reservationSid } = task
  return { taskSid, reservationSid, callSid: callSid ?? '', attributes, stage: stageOf(task) }
}

function stageOf({ status }: ITask): PanelTask['stage'] {
  if (status === 'pending') return 'ringing'
  return status === 'wrapping' ? 'wrapping' : 'live'
}
