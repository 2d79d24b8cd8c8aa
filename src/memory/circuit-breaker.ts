import type { Clock } from '../clock.ts'

/** Spares callers the wait for a memory that has just failed several callers in a row. */
export interface CircuitBreaker {
  /** Whether a request may go out now. While open, one trial request is let through per cool-down. */
  readonly allows: () => boolean
  readonly succeeded: () => void
  readonly failed: () => void
}

export interface CircuitBreakerOptions {
  readonly clock: Clock
  /** Failures in a row that open the breaker. Default 5. */
  readonly failureLimit?: number
  /** How long it stays open before the next trial. Default 10 s. */
  readonly coolDownMs?: number
}

/**
 * Makes a closed breaker. Its state lives as long as the process that holds it, which on Twilio is one warm
 * container of one function: each learns of an outage for itself.
 */
export function createCircuitBreaker({
  clock,
  failureLimit = 5,
  coolDownMs = 10_000,
}: CircuitBreakerOptions): CircuitBreaker {
  let failures = 0
  let nextTrialAt = 0
  return {
    allows() {
      if (failures < failureLimit) return true
      const now = clock().getTime()
      if (now < nextTrialAt) return false
      nextTrialAt = now + coolDownMs
      return true
    },
    succeeded() {
      failures = 0
    },
    failed() {
      failures += 1
      if (failures >= failureLimit) nextTrialAt = clock().getTime() + coolDownMs
    },
  }
}
