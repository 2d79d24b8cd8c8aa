import { pick, type Random } from '../support/random.ts'

/** How a call goes on after the menu. */
export type Course =
  /** The caller hangs up, or leaves a message. */
  | 'alone'
  /** The caller hangs up while waiting. */
  | 'gave-up'
  /** The agent wraps up and sends it. */
  | 'wrapped-up'
  /** The tab is closed: only the task knows what was written. */
  | 'tab-closed'
  /** The task is completed without a word. */
  | 'auto-wrapped'
  /** A second agent takes over; both write. */
  | 'transferred'

/** What happens to one message on its way to a function. */
export type Fate = 'once' | 'lost' | 'twice' | 'late'

/** What a service does to the requests of a call. */
export type Outage = 'none' | 'at-start' | 'at-end' | 'for-an-hour' | 'flickers' | 'answers-lost'

/** Everything that one simulated call will meet. */
export interface CallPlan {
  readonly number: string
  readonly label: string
  readonly key: string
  readonly course: Course
  readonly memory: Outage
  readonly sync: Outage
  readonly tokenService: Outage
  /** After how many requests each function of the call's end is killed; Infinity for never. */
  readonly killedAfter: () => number
  readonly fate: () => Fate
  readonly chance: Random
}

// Keys of the standard menu, with the intents that they stand for.
const TOPICS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['1', 'billing'],
  ['2', 'refund'],
  ['3', 'order'],
]

const COURSES: readonly [Course, ...Course[]] = [
  'alone',
  'alone',
  'gave-up',
  'wrapped-up',
  'wrapped-up',
  'tab-closed',
  'auto-wrapped',
  'transferred',
]
const OUTAGES: readonly [Outage, ...Outage[]] = [
  'at-start',
  'at-end',
  'for-an-hour',
  'flickers',
  'answers-lost',
]

/**
 * Plans the call number `index`. Every third caller calls again, from the number of an earlier call. Of the
 * services at most one fails for the whole end of a call; messages are lost, doubled, late and reordered, and
 * functions killed, on top of it.
 */
export function planCall(index: number, random: Random): CallPlan {
  const [key, label] = pick(random, TOPICS)
  const course = pick(random, COURSES)
  const failing = random() < 0.5 ? 'none' : pick(random, ['memory', 'memory', 'sync', 'token'])
  const outage = pick(random, OUTAGES)
  const killing = random() < 0.25
  return {
    number: numberOf(index % 3 === 2 ? Math.floor(index / 3) * 3 : index),
    label,
    key,
    course,
    memory: failing === 'memory' ? outage : 'none',
    sync: failing === 'sync' ? outage : 'none',
    tokenService: failing === 'token' ? outage : 'none',
    killedAfter: () => (killing && random() < 0.4 ? Math.floor(random() * 8) : Number.POSITIVE_INFINITY),
    fate: () => (random() < 0.6 ? 'once' : pick(random, ['lost', 'twice', 'late'])),
    chance: random,
  }
}

/** A number that can be dialled nowhere: its exchange is 555, its line 0100 to 0199, under many area codes. */
function numberOf(index: number): string {
  const area = 200 + (Math.floor(index / 100) % 800)
  return `+1${area}55501${String(index % 100).padStart(2, '0')}`
}
