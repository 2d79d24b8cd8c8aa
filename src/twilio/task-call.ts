import type { Twilio } from 'twilio'
import type { KnownOfCall } from '../call/saving/save-call.ts'
import { within } from '../clock.ts'
import { TWILIO_REQUEST_TIMEOUT_MS } from './rest-client.ts'
import { callOfTask } from './task-event.ts'

export interface TaskCallsOptions {
  readonly client: () => Twilio
  /** Undefined: tasks cannot be asked for. */
  readonly workspaceSid: string | undefined
}

/** Tells what TaskRouter knows of a task's call. */
export interface TaskCalls {
  /** Undefined when there is no such task, it is no call, or TaskRouter does not say so in time. */
  readonly callOf: (taskSid: string) => Promise<KnownOfCall | undefined>
}

/**
 * Asks TaskRouter for the call of a task: for a wrap-up whose call has no session, because Sync was away when
 * it was to be kept. The task, which no browser can write at will, then says whose call it is.
 */
export function createTaskCalls({ client, workspaceSid }: TaskCallsOptions): TaskCalls {
  return {
    callOf: async (taskSid) => {
      if (workspaceSid === undefined) return undefined
      const fetching = client().taskrouter.v1.workspaces(workspaceSid).tasks(taskSid).fetch()
      const found = within(TWILIO_REQUEST_TIMEOUT_MS, fetching, () => undefined)
      return callOfTask((await found.catch(() => undefined))?.attributes)
    },
  }
}
