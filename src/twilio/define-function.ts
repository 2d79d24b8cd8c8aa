import { within } from '../clock.ts'
import { asCallerMemoryError, CallerMemoryError } from '../errors.ts'
import { createLog, type Log } from '../log.ts'
import {
  type Reply,
  type RuntimeContext,
  type RuntimeEvent,
  type RuntimeHandler,
  toRuntimeResponse,
} from './runtime.ts'

/** A function of this kit. */
export interface FunctionDefinition<Services> {
  /** Its name in the logs: the file name without `.protected`. */
  readonly name: string
  /** Builds what the function works with. Kept as long as the container is warm. */
  readonly services: (context: RuntimeContext) => Services
  readonly answer: (event: RuntimeEvent, services: Services, log: Log) => Promise<Reply>
  /** Answered when anything goes wrong or takes too long. */
  readonly fallback: Reply
  /** Answers faults of the caller, such as a wrong secret, in another way than by the fallback. */
  readonly onRefused?: (fault: CallerMemoryError) => Reply | undefined
  /** Default 5 s: Twilio stops a function at 10 s and a webhook at 15 s. */
  readonly timeoutMs?: number
}

/**
 * Wraps a function so that the callback runs exactly once and always with an answer.
 *
 * TWILIO: handlers are not awaited; a rejected promise would be silence until the limit, and nothing runs
 * after the callback (observed 2026-11). So every fault ends here: its code is logged, the fallback answered.
 */
export function defineFunction<Services>(definition: FunctionDefinition<Services>): RuntimeHandler {
  const { name, services, answer, fallback, timeoutMs = 5_000 } = definition
  return async (context, event, callback) => {
    const log = createLog({ function: name, ...callSidOf(event) })
    let reply = fallback
    try {
      const work = async (): Promise<Reply> => answer(event, services(context), log)
      reply = await within(timeoutMs, work(), () => {
        throw new CallerMemoryError('CM_FUNCTION_TIMEOUT', `the function took longer than ${timeoutMs} ms`)
      })
    } catch (error) {
      const refused = definition.onRefused?.(asCallerMemoryError(error))
      reportFault(log, refused ? 'request refused' : 'function answered with its fallback', error)
      reply = refused ?? fallback
    }
    callback(null, toRuntimeResponse(reply))
  }
}

/** Logs a fault by its code. Of the fault itself nothing else is written: it may be anybody's text. */
export function reportFault(log: Log, message: string, thrown: unknown): void {
  const { code, facts } = asCallerMemoryError(thrown)
  const kind = thrown instanceof CallerMemoryError || !(thrown instanceof Error) ? undefined : thrown.name
  log(code === 'CM_BUG' ? 'error' : 'warn', message, {
    code,
    ...(facts.upstreamStatus !== undefined && { upstreamStatus: facts.upstreamStatus }),
    ...(kind && { kind }),
  })
}

function callSidOf(event: RuntimeEvent): { readonly callSid?: string } {
  const callSid = event['CallSid']
  return typeof callSid === 'string' && /^CA[0-9a-f]{32}$/i.test(callSid) ? { callSid } : {}
}
