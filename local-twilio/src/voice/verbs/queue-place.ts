import type { Call } from '../call.ts'
import { warn } from '../call.ts'
import type { TwimlElement } from '../parse-twiml.ts'
import { elementsOf, textOf } from '../parse-twiml.ts'
import { wholeNumber } from './attributes.ts'

/** Where an `<Enqueue>` puts a call: into a queue by its name, or before a workflow as a task. */
export interface QueuePlace {
  readonly queue?: string
  readonly workflowSid?: string
  readonly taskAttributes?: string
  readonly taskPriority?: number
  readonly taskTimeoutSeconds?: number
}

/**
 * Reads where an `<Enqueue>` leads. What is wrong with it is a warning, and the call is not enqueued: undefined.
 * Task attributes have to be a JSON object.
 */
export function readQueuePlace(element: TwimlElement, call: Call): QueuePlace | undefined {
  const workflowSid = element.attributes['workflowSid']
  if (workflowSid !== undefined) return readTask(element, call, workflowSid)
  const queue = element.children
    .filter((child) => typeof child === 'string')
    .join(' ')
    .trim()
  if (queue === '') warn(call, 12200, '<Enqueue> names neither a queue nor a workflow')
  else if (queue.length > 64) warn(call, 12200, 'the queue name in <Enqueue> is longer than 64 characters')
  else return { queue }
  return undefined
}

function readTask(element: TwimlElement, call: Call, workflowSid: string): QueuePlace | undefined {
  const task = elementsOf(element).find((child) => child.name === 'Task')
  if (task === undefined) return { workflowSid }
  const taskAttributes = textOf(task)
  if (!isJsonObject(taskAttributes)) {
    warn(call, null, 'the attributes in <Task> are not a JSON object; TaskRouter refuses the task')
    return undefined
  }
  const priority = wholeNumber(call, task, 'priority', 0, undefined)
  const timeout = wholeNumber(call, task, 'timeout', 1, undefined)
  return {
    workflowSid,
    taskAttributes,
    ...(priority !== undefined && { taskPriority: priority }),
    ...(timeout !== undefined && { taskTimeoutSeconds: timeout }),
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
