import type * as Flex from '@twilio/flex-ui'
import type { Draft } from '../core/drafts.ts'
import { fieldsOf } from '../core/loose-json.ts'
import type { TaskChange } from '../core/task-change.ts'
import { draftAttribute } from '../core/wrap-up.ts'
import type { WrapUpTask } from '../core/wrap-ups.ts'

/**
 * Writes into a task what others have to find there: the newest draft, from where the server saves it when this tab
 * never comes back, and who the caller is since an agent corrected it.
 */
export interface TaskWriter {
  /** Keeps a draft in the task once the agent has paused typing. What cannot be written is in this browser too. */
  readonly keepDraft: (task: WrapUpTask, draft: Draft) => void
  /** Writes a draft that still waits for the pause. Resolves when it is written, or could not be. */
  readonly finish: (reservationSid: string) => Promise<void>
  readonly change: (taskSid: string, change: TaskChange) => void
}

/** What a writer is made of. */
export interface TaskWriterOptions {
  readonly findTask: (taskSid: string) => Flex.ITask | undefined
  readonly setTimer: (work: () => void, ms: number) => number
  readonly clearTimer: (timer: number) => void
}

const QUIET_MS = 2_000
const OVER: ReadonlySet<string> = new Set(['completed', 'canceled'])

interface Waiting {
  readonly timer: number
  readonly write: () => Promise<void>
}

/**
 * Creates a writer. The attributes are read when they are written, so that what other plugins wrote meanwhile
 * stays; a task that is over is left alone.
 */
export function createTaskWriter({ findTask, setTimer, clearTimer }: TaskWriterOptions): TaskWriter {
  const waiting = new Map<string, Waiting>()

  const write = async (taskSid: string, { attributes, ours }: TaskChange | DraftChange): Promise<void> => {
    const task = findTask(taskSid)
    if (!task || OVER.has(task.status)) return
    const newest = fieldsOf(task.attributes)
    const caller_context = without({ ...fieldsOf(newest['caller_context']), ...ours })
    try {
      await task.setAttributes(without({ ...newest, ...attributes, caller_context }))
    } catch {
      // The agent's own screen has it, and the server is told by the save.
    }
  }
  const finish = async (reservationSid: string): Promise<void> => {
    const last = waiting.get(reservationSid)
    if (!last) return
    clearTimer(last.timer)
    waiting.delete(reservationSid)
    await last.write()
  }
  return {
    keepDraft: ({ taskSid, reservationSid }, draft) => {
      const earlier = waiting.get(reservationSid)
      if (earlier) clearTimer(earlier.timer)
      const writeDraft = (): Promise<void> =>
        write(taskSid, { attributes: {}, ours: { draft: draftAttribute(reservationSid, draft) } })
      const timer = setTimer(() => void finish(reservationSid), QUIET_MS)
      waiting.set(reservationSid, { timer, write: writeDraft })
    },
    finish,
    change: (taskSid, change) => void write(taskSid, change),
  }
}

interface DraftChange {
  readonly attributes: TaskChange['attributes']
  readonly ours: { readonly draft: object }
}

function without(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
