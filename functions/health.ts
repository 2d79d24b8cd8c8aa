import { countPendingSaves } from '../src/call/saving/retry-saves.ts'
import { createServiceBuilder } from '../src/services.ts'
import { requireBearer } from '../src/twilio/bearer.ts'
import { defineFunction } from '../src/twilio/define-function.ts'
import { jsonReply, type RuntimeHandler } from '../src/twilio/runtime.ts'
import { refusalReply } from '../src/twilio/save-reply.ts'

/** For monitoring, with the bearer secret: how many saves wait for the memory or for a person. */
export const handler: RuntimeHandler = defineFunction({
  name: 'health',
  services: createServiceBuilder(),
  fallback: { status: 503 },
  onRefused: refusalReply,
  answer: async (event, { config, pending }) => {
    requireBearer(event, config.retrySecret)
    return jsonReply(await countPendingSaves(pending))
  },
})
