import { isoSeconds } from '../iso-seconds.ts'
import type { Reservation, Task, Worker, Workspace } from './model.ts'

type Json = Readonly<Record<string, unknown>>

/** Address of a workspace, at Twilio's host. */
export function workspaceUrl({ sid }: Pick<Workspace, 'sid'>): string {
  return `https://taskrouter.twilio.com/v1/Workspaces/${sid}`
}

/** Writes a workspace for an answer: `taskrouter.v1.workspace` of the API description. */
export function workspaceJson(workspace: Workspace, accountSid: string): Json {
  const url = workspaceUrl(workspace)
  const created = isoSeconds(workspace.createdAt)
  return {
    account_sid: accountSid,
    date_created: created,
    date_updated: created,
    default_activity_name: 'Offline',
    default_activity_sid: null,
    event_callback_url: workspace.eventCallbackUrl,
    events_filter: null,
    friendly_name: workspace.friendlyName,
    multi_task_enabled: true,
    sid: workspace.sid,
    timeout_activity_name: 'Offline',
    timeout_activity_sid: null,
    prioritize_queue_order: 'FIFO',
    url,
    links: { tasks: `${url}/Tasks`, workers: `${url}/Workers` },
  }
}

/** Writes a worker: `taskrouter.v1.workspace.worker`. */
export function workerJson(worker: Worker, workspace: Workspace, accountSid: string): Json {
  const created = isoSeconds(worker.createdAt)
  return {
    account_sid: accountSid,
    activity_name: worker.activity.friendlyName,
    activity_sid: worker.activity.sid,
    attributes: worker.attributes,
    available: worker.activity.available,
    date_created: created,
    date_status_changed: isoSeconds(worker.updatedAt),
    date_updated: isoSeconds(worker.updatedAt),
    friendly_name: worker.friendlyName,
    sid: worker.sid,
    workspace_sid: workspace.sid,
    url: `${workspaceUrl(workspace)}/Workers/${worker.sid}`,
    links: {},
  }
}

/** Writes a task: `taskrouter.v1.workspace.task`. */
export function taskJson(task: Task, workspace: Workspace, accountSid: string, now: Date): Json {
  const url = `${workspaceUrl(workspace)}/Tasks/${task.sid}`
  const created = isoSeconds(task.createdAt)
  return {
    account_sid: accountSid,
    age: Math.floor((now.getTime() - task.createdAt.getTime()) / 1000),
    assignment_status: task.status,
    attributes: task.attributes,
    addons: '{}',
    date_created: created,
    date_updated: isoSeconds(task.updatedAt),
    task_queue_entered_date: created,
    priority: task.priority,
    reason: task.reason,
    sid: task.sid,
    task_queue_sid: task.taskQueueSid,
    task_queue_friendly_name: 'Everyone',
    task_channel_sid: task.taskChannelSid,
    task_channel_unique_name: task.taskChannel,
    timeout: task.timeoutSeconds,
    workflow_sid: task.workflowSid,
    workflow_friendly_name: 'Assign to anyone',
    workspace_sid: workspace.sid,
    url,
    links: { reservations: `${url}/Reservations` },
    virtual_start_time: created,
    ignore_capacity: false,
    routing_target: null,
  }
}

/** Writes a reservation: `taskrouter.v1.workspace.task.task_reservation`. */
export function reservationJson(
  reservation: Reservation,
  task: Task,
  workspace: Workspace,
  accountSid: string,
): Json {
  return {
    account_sid: accountSid,
    date_created: isoSeconds(reservation.createdAt),
    date_updated: isoSeconds(reservation.updatedAt),
    reservation_status: reservation.status,
    sid: reservation.sid,
    task_sid: task.sid,
    worker_name: reservation.worker.friendlyName,
    worker_sid: reservation.worker.sid,
    workspace_sid: workspace.sid,
    url: `${workspaceUrl(workspace)}/Tasks/${task.sid}/Reservations/${reservation.sid}`,
    links: {},
  }
}
