import { isFields } from '../../read-flow.ts'
import { outsideEvent } from './outside.ts'
import { type Moment, rendered, settle, type WidgetOutcome } from './moment.ts'

/** The most characters of task attributes (Twilio, Send to Flex, read 2026-11). */
export const MAX_ATTRIBUTES = 1_024

/** Queues the call as a task: Send to Flex. */
export function sendToFlex(moment: Moment): WidgetOutcome {
  return queue(moment, 'attributes')
}

/** Queues the call: Enqueue Call. */
export function enqueueCall(moment: Moment): WidgetOutcome {
  return queue(moment, 'task_attributes')
}

function queue(moment: Moment, property: string): WidgetOutcome {
  const template = moment.state.properties[property]
  const text = rendered(moment, property) || '{}'
  const attributes = parse(text)
  if (!attributes)
    return { event: settle(moment, 'attributes-not-json', 'the attributes are no JSON object') }
  const longest = Math.max(text.length, typeof template === 'string' ? template.length : 0)
  if (longest > MAX_ATTRIBUTES) {
    const event = settle(moment, 'attributes-too-long', `${longest} characters of attributes`)
    if (event !== 'accepted') return { event }
  }
  moment.execution.tasks.push({ widget: moment.state.name, text, attributes })
  return outsideEvent(moment)
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
