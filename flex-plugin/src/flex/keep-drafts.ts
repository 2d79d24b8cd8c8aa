import type { ITask } from '@twilio/flex-ui'
import type { Draft } from '../core/drafts.ts'
import { fieldsOf } from '../core/loose-json.ts'
import { draftAttribute } from '../core/wrap-up.ts'

/** Keeps the newest draft in the task itself, from where the server saves it when this tab never comes back. */
export interface DraftKeeper {
  readonly note: (task: ITask, draft: Draft) => void
}

const QUIET_MS = 2_000

/**
 * Creates a keeper that writes once the agent has paused typing. What cannot be written is not lost: the draft is
 * in this browser too.
 */
export function createDraftKeeper(
  setTimer: (work: () => void, ms: number) => number,
  clearTimer: (timer: number) => void,
): DraftKeeper {
  const timers = new Map<string, number>()
  return {
    note: (task, draft) => {
      const running = timers.get(task.taskSid)
      if (running !== undefined) clearTimer(running)
      const write = (): void => {
        timers.delete(task.taskSid)
        const attributes = task.attributes as Readonly<Record<string, unknown>>
        const ours = { ...fieldsOf(attributes['caller_context']), draft: draftAttribute(task.sid, draft) }
        void task.setAttributes({ ...attributes, caller_context: ours }).catch(() => undefined)
      }
      timers.set(task.taskSid, setTimer(write, QUIET_MS))
    },
  }
}
