import { showCaller } from '../src/call/show-caller.ts'
import { createServiceBuilder } from '../src/services.ts'
import { defineFlexFunction, FORGETTING_ROLES } from '../src/twilio/define-flex-function.ts'
import { readCallSid } from '../src/twilio/flex-forms.ts'
import type { RuntimeHandler } from '../src/twilio/runtime.ts'

/** Answers the Flex panel: everything that it shows of a call that is or was this contact centre's. */
export const handler: RuntimeHandler = defineFlexFunction({
  name: 'caller-context',
  services: createServiceBuilder(),
  answer: (event, services, { roles }) => {
    const mayForget = roles.some((role) => FORGETTING_ROLES.includes(role))
    return showCaller(readCallSid(event), mayForget, services)
  },
})
