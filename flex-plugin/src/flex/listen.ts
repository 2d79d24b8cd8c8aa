import type * as Flex from '@twilio/flex-ui'
import type { CallerContexts } from '../core/caller-contexts.ts'
import type { Outbox } from '../core/outbox.ts'
import type { Settings } from '../core/settings.ts'
import type { WrapUps } from '../core/wrap-ups.ts'
import type { Notify } from './notifications.ts'
import { panelTaskOf } from './panel-task.ts'

/** What Flex's events act on. */
export interface Listening {
  readonly contexts: CallerContexts
  readonly wrapUps: WrapUps
  readonly outbox: Outbox
  readonly notify: Notify
  readonly settings: Settings
}

const FLUSH_EVERY_MS = 15_000

/**
 * Listens to Flex. FLEX: when the caller hangs up no WrapupTask action fires, so the save hangs on
 * beforeCompleteTask alone; its listeners are awaited, and one that throws is swallowed (observed 2026-11,
 * Flex UI 2.17.1). The task is never held up longer than the wrap-up's own two seconds, and never aborted.
 */
export function listen(flex: typeof Flex, manager: Flex.Manager, parts: Listening): void {
  const { contexts, wrapUps, outbox, notify, settings } = parts
  flex.Actions.addListener('beforeCompleteTask', async (payload: CompletePayload) => {
    const task = panelTaskOf(
      payload.task ?? (payload.sid ? flex.TaskHelper.getTaskByTaskSid(payload.sid) : undefined),
    )
    if (!task || task.callSid === '') return
    const outcome = await wrapUps.complete(task)
    if (outcome === 'saved') notify.saved()
    else notify.waits()
  })
  manager.events.addListener('taskCompleted', ({ taskSid }: Flex.ITask) => contexts.release(taskSid))
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
  window.setInterval(flush, FLUSH_EVERY_MS)
  flush()
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
function currentTask(flex: typeof Flex, manager: Flex.Manager): ReturnType<typeof panelTaskOf> {
  const { selectedTaskSid } = manager.store.getState().flex.view
  return selectedTaskSid ? panelTaskOf(flex.TaskHelper.getTaskByTaskSid(selectedTaskSid)) : undefined
}
