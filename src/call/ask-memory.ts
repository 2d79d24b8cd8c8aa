import { type Deadline, within } from '../clock.ts'
import { asCallerMemoryError, CallerMemoryError } from '../errors.ts'
import type { CallerContext, CallerMemory, CallHints } from '../memory/caller-memory.ts'

/** What the memory answered, or why it did not. */
export interface MemoryAnswer {
  readonly context?: CallerContext
  readonly fault?: CallerMemoryError
}

/**
 * Asks the memory. Never throws. A webhook that Twilio repeats may know another line type than the first one did, and a
 * second function of a Studio flow may be told less of the network's word; the memory refuses that as another request
 * under the same id. Then it is asked with less.
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
  const { lineType, ...withoutLine } = hints
  const { attestation, forwarded, ...bare } = withoutLine
  let answer = await ask(hints)
  for (const fewer of [...(lineType ? [withoutLine] : []), ...(attestation || forwarded ? [bare] : [])]) {
    if (answer.fault?.code !== 'CM_MEMORY_CONFLICT') return answer
    answer = await ask(fewer)
  }
  return answer
}
