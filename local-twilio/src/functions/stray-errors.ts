import { AsyncLocalStorage } from 'node:async_hooks'

/** One run of a function, as far as its stray errors are concerned. */
export interface Invocation {
  /** Told the class name of what was thrown, never the thing itself. May be called more than once. */
  readonly onStrayError: (kind: string) => void
}

// Says which invocation an error belongs to that reaches the process. It holds nothing between requests.
const invocations = new AsyncLocalStorage<Invocation>()

/** Runs `work` so that whatever it leaves rejected or thrown later is reported to `invocation`. */
export function runInvocation(invocation: Invocation, work: () => void): void {
  invocations.run(invocation, work)
}

function onStray(thrown: unknown): void {
  const invocation = invocations.getStore()
  if (invocation === undefined) throw thrown
  invocation.onStrayError(thrown instanceof Error ? thrown.constructor.name : typeof thrown)
}

/**
 * Keeps the process alive when a function leaves a rejection unhandled or throws from a timer. Errors that
 * come from no function end the process as they would have. Returns the way to stop watching.
 */
export function watchStrayErrors(): () => void {
  process.on('unhandledRejection', onStray)
  process.on('uncaughtException', onStray)
  return () => {
    process.off('unhandledRejection', onStray)
    process.off('uncaughtException', onStray)
  }
}
