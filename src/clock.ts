/** The time, as a parameter: the one way this project reads it, so that tests can own it. */
export type Clock = () => Date

/** The machine's clock. */
export const systemClock: Clock = () => new Date()

/** A point in time after which an answer is of no use, shared by every step that works towards it. */
export interface Deadline {
  /** Milliseconds left, 0 when it has passed. */
  readonly remainingMs: () => number
}

/** Starts a deadline of `budgetMs` from now. */
export function startDeadline(clock: Clock, budgetMs: number): Deadline {
  const endsAt = clock().getTime() + budgetMs
  return { remainingMs: () => Math.max(0, endsAt - clock().getTime()) }
}

/**
 * Waits for `work`, but never longer than `timeoutMs`; then `onTimeout` decides (return a value, or throw).
 * The work itself goes on unheard: give it an AbortSignal too where it can be stopped.
 */
export async function within<T>(timeoutMs: number, work: Promise<T>, onTimeout: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(onTimeout())
      } catch (error) {
        reject(error instanceof Error ? error : new Error('the deadline handler threw no Error'))
      }
    }, timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
