import type * as Flex from '@twilio/flex-ui'
import type { CallerContexts } from '../core/caller-contexts.ts'
import type { Outbox } from '../core/outbox.ts'
import type { Settings } from '../core/settings.ts'
import type { WrapUps } from '../core/wrap-ups.ts'
import type { Notify } from './notifications.ts'
import { panelTaskOf } from './panel-task.ts'
import type { TaskWriter } from './task-writer.ts'

/** What Flex's events act on. */
export interface Listening {
  readonly contexts: CallerContexts
  readonly wrapUps: WrapUps
  readonly outbox: Outbox
  readonly notify: Notify
  readonly writer: TaskWriter
  readonly settings: Pick<Settings, 'popOnRing'>
}

/** The part of Flex that is listened to. */
export interface FlexEvents {
  readonly Actions: Pick<typeof Flex.Actions, 'addListener' | 'invokeAction'>
  readonly TaskHelper: Pick<typeof Flex.TaskHelper, 'getTaskByTaskSid'>
}

/** The part of Flex's manager that is listened to. */
export type ManagerEvents = Pick<Flex.Manager, 'events' | 'store'>

const FLUSH_EVERY_MS = 15_000
const OVER = ['taskCompleted', 'taskCanceled', 'taskRejected', 'taskRescinded', 'taskTimeout'] as const

/** Listens to Flex, for as long as the page is open. */
export function listen(flex: FlexEvents, manager: ManagerEvents, parts: Listening): void {
  const { contexts, wrapUps, outbox, settings } = parts
  saveOnComplete(flex, parts)
  for (const name of OVER) {
    manager.events.addListener(name, ({ taskSid, sid }: Flex.ITask) => {
      contexts.release(taskSid)
      wrapUps.release(sid)
    })
  }
  manager.events.addListener('notesSubmitted', (notes: SubmittedNotes) => {
    const task = currentTask(flex, manager)
    if (task) wrapUps.takeCopilot(task, notesOf(notes))
  })
  if (settings.popOnRing) {
    manager.events.addListener('taskReceived', (task: Flex.ITask) => {
      if (panelTaskOf(task))
        void flex.Actions.invokeAction('SelectTask', { sid: task.sid }).catch(() => undefined)
    })
  }
  const flush = (): void => void outbox.flush().catch(() => undefined)
  manager.events.addListener('tokenUpdated', flush)
  window.addEventListener('online', flush)
  // Another tab of the same Flex has written something.
  window.addEventListener('storage', wrapUps.refresh)
  window.setInterval(flush, FLUSH_EVERY_MS)
  flush()
}

/**
 * FLEX: when the caller hangs up no WrapupTask action fires, so the save hangs on beforeCompleteTask alone; its
 * listeners are awaited, and one that throws is swallowed (observed 2026-11, Flex UI 2.17.1). The task is never
 * held up longer than the wrap-up's own two seconds, and never aborted. The agent is told what became of the save
 * then, and once more when one that waited has landed.
 */
function saveOnComplete(flex: FlexEvents, { wrapUps, outbox, notify, writer }: Listening): void {
  const completing = new Set<string>()
  // Flex awaits what its types call void.
  // oxlint-disable-next-line typescript/no-misused-promises
  flex.Actions.addListener('beforeCompleteTask', async (payload: CompletePayload) => {
    const { task, sid } = payload
    const shown = panelTaskOf(task ?? (sid ? flex.TaskHelper.getTaskByTaskSid(sid) : undefined))
    if (!shown || shown.callSid === '') return
    const key = shown.reservationSid
    completing.add(key)
    try {
      const saving = wrapUps.complete(shown)
      void writer.finish(key)
      notify.settled(await saving)
    } finally {
      completing.delete(key)
    }
  })
  outbox.onSettled(({ key }, result) => {
    if (!completing.has(key)) notify.settled(result === 'saved' ? 'caught-up' : result)
  })
}

interface CompletePayload {
  readonly task?: Flex.ITask
  /** Hosts that complete on their own send only this. */
  readonly sid?: string
}

/** The part of Agent Copilot's notes that is used. */
interface SubmittedNotes {
  readonly summary?: string
  readonly dispositionCode?: { readonly name?: string } | string
}

function notesOf({ summary, dispositionCode }: SubmittedNotes): {
  summary?: string
  dispositionCode?: string
} {
  const code = typeof dispositionCode === 'string' ? dispositionCode : dispositionCode?.name
  return { ...(summary !== undefined && { summary }), ...(code !== undefined && { dispositionCode: code }) }
}

/** FLEX: the event names a conversation channel, not a task; it is raised by the form of the selected one. */
function currentTask(flex: FlexEvents, manager: ManagerEvents): ReturnType<typeof panelTaskOf> {
  const { selectedTaskSid } = manager.store.getState().flex.view
  return selectedTaskSid ? panelTaskOf(flex.TaskHelper.getTaskByTaskSid(selectedTaskSid)) : undefined
}
