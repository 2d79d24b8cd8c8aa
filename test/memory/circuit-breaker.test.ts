import { createCircuitBreaker } from '../../src/memory/circuit-breaker.ts'

function movableClock(): { readonly clock: () => Date; readonly advance: (ms: number) => void } {
  let now = Date.parse('2026-03-02T09:00:00.000Z')
  return { clock: () => new Date(now), advance: (ms) => (now += ms) }
}

describe('the circuit breaker', () => {
  test('lets requests through until the failure limit is reached', () => {
    const breaker = createCircuitBreaker({ clock: movableClock().clock, failureLimit: 3 })
    breaker.failed()
    breaker.failed()
    expect(breaker.allows()).toBe(true)
    breaker.failed()
    expect(breaker.allows()).toBe(false)
  })

  test('forgets earlier failures after a success', () => {
    const breaker = createCircuitBreaker({ clock: movableClock().clock, failureLimit: 2 })
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    expect(breaker.allows()).toBe(true)
  })

  test('lets one trial through per cool-down and closes when it succeeds', () => {
    const { clock, advance } = movableClock()
    const breaker = createCircuitBreaker({ clock, failureLimit: 1, coolDownMs: 1_000 })
    breaker.failed()
    advance(1_000)
    expect(breaker.allows()).toBe(true)
    expect(breaker.allows()).toBe(false)
    breaker.succeeded()
    expect(breaker.allows()).toBe(true)
  })

  test('stays open for another cool-down when the trial fails', () => {
    const { clock, advance } = movableClock()
    const breaker = createCircuitBreaker({ clock, failureLimit: 1, coolDownMs: 1_000 })
    breaker.failed()
    advance(1_000)
    breaker.allows()
    breaker.failed()
    advance(999)
    expect(breaker.allows()).toBe(false)
    advance(1)
    expect(breaker.allows()).toBe(true)
  })
})
