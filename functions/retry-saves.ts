import { retryPendingSaves } from '../src/call/saving/retry-saves.ts'
import { sweepSessions } from '../src/call/saving/sweep-sessions.ts'
import { startDeadline } from '../src/clock.ts'
import { createServiceBuilder } from '../src/services.ts'
import { requireBearer } from '../src/twilio/bearer.ts'
import { defineFunction } from '../src/twilio/define-function.ts'
import { jsonReply, type RuntimeHandler } from '../src/twilio/runtime.ts'
import { BACKGROUND_TIMEOUT_MS, refusalReply } from '../src/twilio/save-reply.ts'

// Together below the function's own limit, with room for the request that is under way.
const RETRY_MS = 3_500
const SWEEP_MS = 2_500
const LIMIT = 50

/** Called by a scheduler: delivers saves that wait for the memory, and saves calls that nobody saved. */
export const handler: RuntimeHandler = defineFunction({
  name: 'retry-saves',
  services: createServiceBuilder(),
  fallback: { status: 503 },
  timeoutMs: BACKGROUND_TIMEOUT_MS,
  onRefused: refusalReply,
  answer: async (event, services, log) => {
    requireBearer(event, services.config.retrySecret)
    const setAside = event['set_aside'] === 'retry'
    const deadline = startDeadline(services.clock, RETRY_MS)
    const retried = await retryPendingSaves(services, { limit: LIMIT, deadline, setAside })
    const swept = await sweepSessions(services, startDeadline(services.clock, SWEEP_MS))
    log('info', 'saves retried', { count: retried.landed + swept.rescued })
    return jsonReply({ ...retried, ...swept })
  },
})
