import type { Floor } from './floor.ts'
import type { LiveItem } from './twilsock.ts'

/** The items of a live query of the Teams view: `tr-worker` the agents, `tr-reservation` what they work on. */
export function liveItemsOf(floor: Floor, index: string, query: string): readonly LiveItem[] {
  if (index === 'tr-worker') return workerItems(floor).filter(matches(query))
  if (index === 'tr-reservation') return reservationItems(floor).filter(matches(query))
  return []
}

/** Of a query, the conditions of the form `data.field == "value"` count: Flex asks per worker with them. */
function matches(query: string): (item: LiveItem) => boolean {
  const wanted = Array.from(query.matchAll(/data\.(\w+) == "([^"]*)"/g), ([, field = '', value = '']) => ({
    field,
    value,
  }))
  return ({ data }) => wanted.every(({ field, value }) => data[field] === value)
}

function workerItems(floor: Floor): readonly LiveItem[] {
  return floor.workers().map((worker) => {
    const activity = floor.activities().find(({ activitySid }) => activitySid === worker.activitySid)
    return {
      key: worker.workerSid,
      data: {
        worker_sid: worker.workerSid,
        friendly_name: worker.friendlyName,
        workspace_sid: floor.workspaceSid,
        activity_name: activity?.friendlyName ?? '',
        attributes: parsed(worker.attributes),
        date_activity_changed: new Date(worker.updatedAt).toISOString(),
        date_updated: new Date(worker.updatedAt).toISOString(),
      },
    }
  })
}

function reservationItems(floor: Floor): readonly LiveItem[] {
  const names = new Map(floor.workers().map((worker) => [worker.workerSid, worker] as const))
  return [...names.keys()].flatMap((workerSid) =>
    floor.reservationsOf(workerSid).map(({ reservationSid, status, task, createdAt, updatedAt }) => ({
      key: reservationSid,
      data: {
        reservation_sid: reservationSid,
        worker_sid: workerSid,
        worker_name: names.get(workerSid)?.friendlyName ?? '',
        workspace_sid: floor.workspaceSid,
        status,
        task_sid: task.taskSid,
        attributes: parsed(task.attributes),
        channel_type: 'voice',
        task_channel_unique_name: 'voice',
        queue_name: task.queueName,
        queue_sid: task.queueSid,
        workflow_sid: task.workflowSid,
        workflow_name: task.workflowName,
        date_created: new Date(createdAt).toISOString(),
        date_updated: new Date(updatedAt).toISOString(),
      },
    })),
  )
}

function parsed(attributes: string): unknown {
  try {
    return JSON.parse(attributes) as unknown
  } catch {
    return {}
  }
}
