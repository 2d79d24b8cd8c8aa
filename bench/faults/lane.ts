import type { Passage } from '../support/gate.ts'
import type { CallPlan, Outage } from './plan.ts'

/** Where one call stands, for the requests that its functions make. */
export interface Lane {
  readonly name: string
  /** What happens to the next request to the memory or to one of Twilio's products. */
  readonly passage: (target: string, product: string) => Passage
  /** The part of the call that begins now. */
  readonly enter: (part: 'start' | 'end' | 'hour-later') => void
  readonly plan: (plan: CallPlan) => void
  /** The invocation that begins now is killed after so many requests. */
  readonly killAfter: (requests: number) => void
  readonly isKilled: () => boolean
}

/** Makes a lane. Calls follow each other on it. */
export function createLane(name: string): Lane {
  let plan: CallPlan | undefined
  let part: 'start' | 'end' | 'hour-later' = 'start'
  let left = Number.POSITIVE_INFINITY
  return {
    name,
    passage: (target, product) => {
      if (left <= 0) return 'cut'
      left -= 1
      if (!plan) return 'pass'
      const outage = target === 'memory' ? plan.memory : product === 'sync' ? plan.sync : plan.tokenService
      return passageOf(outage, part, plan.chance)
    },
    enter: (next) => {
      part = next
    },
    plan: (next) => {
      plan = next
      part = 'start'
      left = Number.POSITIVE_INFINITY
    },
    killAfter: (requests) => {
      left = requests
    },
    isKilled: () => left <= 0,
  }
}

function passageOf(outage: Outage, part: 'start' | 'end' | 'hour-later', chance: () => number): Passage {
  if (part === 'hour-later') return 'pass'
  switch (outage) {
    case 'none':
      return 'pass'
    case 'at-start':
      return part === 'start' ? refusal(chance) : 'pass'
    case 'at-end':
      return part === 'end' ? refusal(chance) : 'pass'
    case 'for-an-hour':
      return refusal(chance)
    case 'flickers':
      return chance() < 0.4 ? refusal(chance) : 'pass'
    case 'answers-lost':
      return chance() < 0.3 ? 'lost' : 'pass'
  }
}

function refusal(chance: () => number): Passage {
  return chance() < 0.5 ? 'refuse' : 'cut'
}
