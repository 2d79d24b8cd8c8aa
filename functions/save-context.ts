import { saveWrapUp } from '../src/call/saving/save-wrap-up.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFlexFunction } from '../src/twilio/define-flex-function.ts'
import { reportFault } from '../src/twilio/define-function.ts'
import { readCallSid, readSaveForm, readTaskSid } from '../src/twilio/flex-forms.ts'
import { receiptOf } from '../src/twilio/save-receipt.ts'
import type { RuntimeHandler } from '../src/twilio/runtime.ts'

/** Saves what an agent wrote while wrapping up, and answers a receipt. */
export const handler: RuntimeHandler = defineFlexFunction({
  name: 'save-context',
  services: createServiceBuilder(),
  answer: async (event, services, agent, log) => {
    const wrapUp = readSaveForm(event, agent)
    const outcome = await saveWrapUp(readCallSid(event), readTaskSid(event), wrapUp, services)
    for (const fault of outcome.faults) reportFault(log, 'fault while saving the wrap-up', fault)
    log(outcome.kind === 'failed' ? 'error' : 'info', `wrap-up ${outcome.kind}`)
    return receiptOf(outcome)
  },
})
