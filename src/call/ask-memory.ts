import { type Deadline, within } from '../clock.ts'
import { asCallerMemoryError, CallerMemoryError } from '../errors.ts'
import type { CallerContext, CallerMemory, CallHints } from '../memory/caller-memory.ts'

/** What the memory answered, or why it did not. */
export interface MemoryAnswer {
  readonly context?: CallerContext
  readonly fault?: CallerMemoryError
}

/**
 * Asks the memory. Never throws. A webhook that Twilio repeats may know another line type than the first one did, which
 * the memory refuses as another request under the same id: then it is asked without.
 */
export async function askMemory(
  hints: CallHints,
  deadline: Deadline,
  memory: Pick<CallerMemory, 'startCall'>,
): Promise<MemoryAnswer> {
  const ask = async (asked: CallHints): Promise<MemoryAnswer> => {
    try {
      const work = memory.startCall(asked)
      return {
        context: await within(deadline.remainingMs(), work, () => {
          throw new CallerMemoryError('CM_MEMORY_TIMEOUT', 'the memory did not answer in time')
        }),
      }
    } catch (error) {
      return { fault: asCallerMemoryError(error) }
    }
  }
  const { lineType, ...plain } = hints
  const answer = await ask(hints)
  return lineType && answer.fault?.code === 'CM_MEMORY_CONFLICT' ? ask(plain) : answer
}
