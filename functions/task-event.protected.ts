import { saveTaskEvent } from '../src/call/saving/save-task-event.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFunction } from '../src/twilio/define-function.ts'
import type { RuntimeHandler } from '../src/twilio/runtime.ts'
import { answerSave, BACKGROUND_TIMEOUT_MS } from '../src/twilio/save-reply.ts'
import { parseTaskEvent } from '../src/twilio/task-event.ts'

/** TaskRouter's event callback: knows which agent has a call, and saves what a closed tab did not. */
export const handler: RuntimeHandler = defineFunction({
  name: 'task-event',
  services: createServiceBuilder(),
  fallback: { status: 503 },
  timeoutMs: BACKGROUND_TIMEOUT_MS,
  answer: async (event, services, log) => {
    const told = parseTaskEvent(event)
    if (!told) return { status: 204 }
    const outcome = await saveTaskEvent(told.known, told.occurrence, told.wrapUp, services)
    return answerSave(outcome, log, services)
  },
})
