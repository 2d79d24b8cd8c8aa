import type { Clock } from '../../../../src/clock.ts'
import { parseConnectionOverrides } from '../../voice/connection-overrides.ts'
import { type Exchange, sendSigned } from '../../voice/signed-request.ts'
import { newSid } from '../../sid.ts'
import type { TaskRouterEvent } from './model.ts'

/** Whose events they are, and with what they are signed. */
export interface EventCallbackOptions {
  readonly accountSid: string
  readonly authToken: string
  readonly clock: Clock
}

/** Sends events to their workspace's callback, one after the other. */
export interface EventCallbacks {
  readonly send: (event: TaskRouterEvent) => void
  /** Resolves when everything that was to be sent has been. */
  readonly settled: () => Promise<void>
}

const LIMIT_MS = 15_000
const MAX_BODY_BYTES = 64 * 1024

/** Sends each event once, and again where the URL's connection overrides say so. Never rejects. */
export function createEventCallbacks(options: EventCallbackOptions): EventCallbacks {
  let last = Promise.resolve()
  return {
    send: (event) => {
      const url = event.workspace.eventCallbackUrl
      if (url === '') return
      // The state at this moment: the task may have changed again when its turn comes.
      const params = eventParams(event, options)
      last = last.then(() => deliver(url, params, options.authToken))
    },
    settled: () => last,
  }
}

async function deliver(
  url: string,
  params: Readonly<Record<string, string>>,
  authToken: string,
): Promise<void> {
  const overrides = parseConnectionOverrides(url, LIMIT_MS)
  const signal = AbortSignal.timeout(overrides.totalTimeoutMs)
  const request = { url, method: 'POST', params, authToken, idempotencyToken: newSid('') } as const
  for (let attempt = 0; attempt <= overrides.retryCount; attempt += 1) {
    const answer = await sendSigned(request, { ...overrides, maxBodyBytes: MAX_BODY_BYTES, signal })
    const cause = causeOf(answer)
    if (cause === undefined || signal.aborted || !overrides.retryOn.includes(cause)) return
  }
}

function causeOf(answer: Exchange): '4xx' | '5xx' | 'ct' | 'rt' | undefined {
  if (answer.kind === 'unanswered') return answer.cause
  if (answer.status >= 500) return '5xx'
  return answer.status >= 400 ? '4xx' : undefined
}

/** The parameters of Twilio's TaskRouter event reference (read 2026-11). */
export function eventParams(
  { type, workspace, task, reservation }: TaskRouterEvent,
  { accountSid, clock }: Pick<EventCallbackOptions, 'accountSid' | 'clock'>,
): Readonly<Record<string, string>> {
  const now = clock()
  const resource = reservation && type.startsWith('reservation.') ? reservation : undefined
  return {
    EventType: type,
    AccountSid: accountSid,
    WorkspaceSid: workspace.sid,
    WorkspaceName: workspace.friendlyName,
    EventDescription: `${resource ? 'Reservation' : 'Task'} ${resource?.sid ?? task.sid}: ${type}`,
    ResourceType: resource ? 'reservation' : 'task',
    ResourceSid: resource?.sid ?? task.sid,
    Timestamp: String(Math.floor(now.getTime() / 1000)),
    Sid: newSid('EV'),
    TaskSid: task.sid,
    TaskAttributes: task.attributes,
    TaskAge: String(Math.floor((now.getTime() - task.createdAt.getTime()) / 1000)),
    TaskPriority: String(task.priority),
    TaskAssignmentStatus: task.status,
    TaskChannelSid: task.taskChannelSid,
    TaskChannelUniqueName: task.taskChannel,
    TaskQueueSid: task.taskQueueSid,
    TaskQueueName: 'Everyone',
    WorkflowSid: task.workflowSid,
    WorkflowName: 'Assign to anyone',
    ...(task.reason !== null && {
      [type === 'task.canceled' ? 'TaskCanceledReason' : 'TaskCompletedReason']: task.reason,
    }),
    ...(reservation && {
      WorkerSid: reservation.worker.sid,
      WorkerName: reservation.worker.friendlyName,
      WorkerAttributes: reservation.worker.attributes,
    }),
  }
}
