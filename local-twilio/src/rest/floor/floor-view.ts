import type { FloorActivity, FloorReservation, FloorTask, FloorWorker } from '../../flex/floor.ts'
import type { Activity, Reservation, Task, Worker } from '../taskrouter/model.ts'

/** Name that every queue and workflow of the fake has. */
export const QUEUE_NAME = 'Everyone'
/** Name of the one workflow. */
export const WORKFLOW_NAME = 'Assign to anyone'

/** A worker as desktops see one. */
export function viewWorker({
  sid,
  friendlyName,
  attributes,
  activity,
  createdAt,
  updatedAt,
}: Worker): FloorWorker {
  const times = { createdAt: createdAt.getTime(), updatedAt: updatedAt.getTime() }
  return { workerSid: sid, friendlyName, attributes, activitySid: activity.sid, ...times }
}

/** An activity as desktops see one. */
export function viewActivity({ sid, friendlyName, available }: Activity): FloorActivity {
  return { activitySid: sid, friendlyName, isAvailable: available }
}

/** A reservation with its task, as they are now. */
export function viewReservation(reservation: Reservation, task: Task): FloorReservation {
  return {
    reservationSid: reservation.sid,
    workerSid: reservation.worker.sid,
    status: reservation.status,
    task: viewTask(task),
    createdAt: reservation.createdAt.getTime(),
    updatedAt: reservation.updatedAt.getTime(),
    version: task.version,
  }
}

function viewTask(task: Task): FloorTask {
  return {
    taskSid: task.sid,
    status: task.status,
    attributes: task.attributes,
    priority: task.priority,
    queueSid: task.taskQueueSid,
    queueName: QUEUE_NAME,
    workflowSid: task.workflowSid,
    workflowName: WORKFLOW_NAME,
    reason: task.reason,
    createdAt: task.createdAt.getTime(),
    updatedAt: task.updatedAt.getTime(),
    version: task.version,
  }
}
