import { correctCaller } from '../src/call/correct-caller.ts'
import { forgetCaller } from '../src/call/forget-caller.ts'
import { startDeadline } from '../src/clock.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFlexFunction, FORGETTING_ROLES, requireRole } from '../src/twilio/define-flex-function.ts'
import { readCallSid, readVerdict } from '../src/twilio/flex-forms.ts'
import type { RuntimeHandler } from '../src/twilio/runtime.ts'

const FORGET_MS = 4_000

/** An agent says whose call it was; a supervisor or an admin may have the customer forgotten. */
export const handler: RuntimeHandler = defineFlexFunction({
  name: 'correct-caller',
  services: createServiceBuilder(),
  answer: async (event, services, agent, log) => {
    const verdict = readVerdict(event)
    const callSid = readCallSid(event)
    log('info', `caller corrected: ${verdict.verdict}`, { callSid })
    if (verdict.verdict !== 'forget') return correctCaller(callSid, verdict, services)
    requireRole(agent, FORGETTING_ROLES)
    return forgetCaller(callSid, startDeadline(services.clock, FORGET_MS), services)
  },
})
