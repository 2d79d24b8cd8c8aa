import { retryInPassing, type RetryPorts } from '../call/saving/retry-saves.ts'
import type { SaveOutcome } from '../call/saving/save-call.ts'
import { startDeadline } from '../clock.ts'
import { type CallerMemoryError, describeError } from '../errors.ts'
import type { Log } from '../log.ts'
import { reportFault } from './define-function.ts'
import type { Reply } from './runtime.ts'

/** Longest that a function may take whose answer nobody waits for. Twilio stops it at 10 s. */
export const BACKGROUND_TIMEOUT_MS = 9_000

const IN_PASSING = { limit: 3, budgetMs: 1_500 }

/**
 * Answers a callback: 503 when the save was neither made nor kept, so that Twilio's own retries (connection
 * overrides `rc`, `rp` on the callback URL) send it again; else 204. Saves of other calls that wait for the
 * memory are tried in passing, a few at a time, unless the memory has just failed.
 */
export async function answerSave(outcome: SaveOutcome, log: Log, ports: RetryPorts): Promise<Reply> {
  for (const fault of outcome.faults) reportFault(log, 'fault while saving the call', fault)
  log(outcome.kind === 'failed' ? 'error' : 'info', `call ${outcome.kind}`)
  if (outcome.kind === 'failed') return { status: 503 }
  if (outcome.kind === 'pending') return { status: 204 }
  const deadline = startDeadline(ports.clock, IN_PASSING.budgetMs)
  const { counts, fault } = await retryInPassing(ports, { limit: IN_PASSING.limit, deadline })
  if (fault) reportFault(log, 'pending saves not looked at', fault)
  if (counts && counts.landed > 0) log('info', 'pending saves landed', { count: counts.landed })
  return { status: 204 }
}

/** The answer to a request that is the caller's own fault; undefined for every other fault. Tells no detail. */
export function refusalReply({ code, status }: CallerMemoryError): Reply | undefined {
  if (describeError(code).retryable || status >= 500) return undefined
  return { status, contentType: 'application/json', body: JSON.stringify({ error: code }) }
}
