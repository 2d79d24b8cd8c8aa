import { performance } from 'node:perf_hooks'

/** Moves the date of this process forward, so that what waits for hours can be waited for. */
export interface MovedTime {
  readonly forward: (ms: number) => void
}

/**
 * Puts a date in place of the process's own that goes as fast and can be moved. Timers are left alone. Only for a
 * process that does nothing else.
 */
export function moveTime(): MovedTime {
  const RealDate = globalThis.Date
  let movedMs = 0
  const nowMs = (): number => Math.round(performance.timeOrigin + performance.now()) + movedMs
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given) => {
      const [first] = given as readonly unknown[]
      return new target(first === undefined ? nowMs() : (first as number))
    },
    get: (target, name, receiver) => (name === 'now' ? nowMs : Reflect.get(target, name, receiver)),
  })
  return {
    forward: (ms) => {
      movedMs += ms
    },
  }
}
