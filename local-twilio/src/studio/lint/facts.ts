import { holds } from '../predicates.ts'
import { pairsOf, type State, type Transition } from '../flow.ts'
import type { Reference } from '../liquid/liquid.ts'
import type { LintSubject } from './subject.ts'

/**
 * What is known to be set when a widget runs. A fact is a text: `ran:w` (it ran), `ok:w` (its request
 * succeeded), `object:w` (its answer was an object), `w.Digits`, `$name` (a flow variable).
 */
export interface Facts {
  readonly has: (fact: string) => boolean
}

/** What is set on every path to each widget, and what on some. */
export interface AssignedFacts {
  readonly always: (state: string) => Facts
  readonly sometimes: (state: string) => Facts
}

// Facts as bits: a flow of a thousand widgets has thousands of them, met at every widget.
type Bits = Uint32Array

/** A way from one widget to the next, with what is set by taking it. */
interface Step {
  readonly from: string
  readonly next: string
  readonly gained: Bits
}

/** Follows every path through the flow and keeps what holds on all of them, and what on any. */
export function assignFacts(subject: LintSubject): AssignedFacts {
  const { steps, numbers } = stepsOf(subject)
  const words = Math.ceil(numbers.size / 32)
  const { initial_state: initial } = subject.flow
  const always = new Map<string, Bits>([[initial, new Uint32Array(words)]])
  const sometimes = new Map<string, Bits>([[initial, new Uint32Array(words)]])
  for (let changed = true; changed;) {
    changed = false
    for (const { from, next, gained } of steps) {
      const [all, any] = [always.get(from), sometimes.get(from)]
      if (!all || !any) continue
      changed = meet(always, next, all, gained) || changed
      changed = join(sometimes, next, any, gained) || changed
    }
  }
  const factsOf = (bits: Bits | undefined): Facts => ({
    has: (fact) => {
      const number = numbers.get(fact)
      return number !== undefined && ((bits?.[number >> 5] ?? 0) & (1 << (number & 31))) !== 0
    },
  })
  return {
    always: (name) => factsOf(always.get(name)),
    sometimes: (name) => factsOf(sometimes.get(name)),
  }
}

/** Keeps what holds on both paths; a widget that no path has reached yet takes what comes. Whether it changed. */
function meet(facts: Map<string, Bits>, name: string, arriving: Bits, gained: Bits): boolean {
  const known = facts.get(name)
  if (!known) {
    facts.set(
      name,
      arriving.map((word, index) => word | (gained[index] ?? 0)),
    )
    return true
  }
  let changed = false
  known.forEach((word, index) => {
    const kept = (word & ((arriving[index] ?? 0) | (gained[index] ?? 0))) >>> 0
    if (kept === word) return
    known[index] = kept
    changed = true
  })
  return changed
}

/** Adds what holds on another path. Whether it changed. */
function join(facts: Map<string, Bits>, name: string, arriving: Bits, gained: Bits): boolean {
  const known = facts.get(name) ?? new Uint32Array(arriving.length)
  facts.set(name, known)
  let changed = false
  known.forEach((word, index) => {
    const wider = (word | (arriving[index] ?? 0) | (gained[index] ?? 0)) >>> 0
    if (wider === word) return
    known[index] = wider
    changed = true
  })
  return changed
}

/** Every step of the flow, those near the trigger first, and a number for each fact. */
function stepsOf(subject: LintSubject): {
  readonly steps: readonly Step[]
  readonly numbers: ReadonlyMap<string, number>
} {
  const numbers = new Map<string, number>()
  const numberOf = (fact: string): number => {
    const number = numbers.get(fact) ?? numbers.size
    numbers.set(fact, number)
    return number
  }
  const named = [...subject.reachable].flatMap((from) => {
    const state = subject.states.get(from)
    return (state?.transitions ?? []).flatMap((transition) => {
      const { next } = transition
      if (!state || next === undefined || !subject.states.has(next)) return []
      return [{ from, next, numbers: gains(subject, state, transition).map(numberOf) }]
    })
  })
  const words = Math.ceil(numbers.size / 32)
  const steps = named.map(({ from, next, numbers: gained }): Step => {
    const bits = new Uint32Array(words)
    for (const number of gained) bits[number >> 5] = (bits[number >> 5] ?? 0) | (1 << (number & 31))
    return { from, next, gained: bits }
  })
  return { steps, numbers }
}

/** What is set once a widget was left by a transition. */
function gains(subject: LintSubject, state: State, transition: Transition): readonly string[] {
  const { name, type, properties } = state
  const { event } = transition
  const ran = `ran:${name}`
  switch (type) {
    case 'run-function':
    case 'make-http-request':
      return event === 'success' ? [ran, `ok:${name}`] : [ran]
    case 'gather-input-on-call':
      if (event === 'keypress') return [ran, `${name}.Digits`]
      return event === 'speech' ? [ran, `${name}.SpeechResult`, `${name}.Confidence`] : [ran]
    case 'send-and-wait-for-reply':
      return event === 'incomingMessage' ? [ran, `${name}.inbound`] : [ran]
    case 'set-variables':
      return [ran, ...pairsOf(properties['variables']).map(({ key }) => `$${key}`)]
    case 'split-based-on':
      return [ran, ...learned(subject, state, transition)]
    default:
      return [ran]
  }
}

/** A match that nothing could not have made says that its input is set. */
function learned(subject: LintSubject, { properties }: State, transition: Transition): readonly string[] {
  const { input } = properties
  const [condition] = transition.conditions ?? []
  if (transition.event !== 'match' || !condition || typeof input !== 'string') return []
  const { type, value } = condition
  const dynamic = /\{[{%]/.test(value)
  const needsInput = /^(?:less|greater)_than$/.test(type) || type.startsWith('is_not_blank')
  if (!needsInput && (dynamic || holds(type, '', value))) return []
  const read = subject.engine.read(input)
  return read.ok ? read.references.flatMap(setBy) : []
}

function setBy([root, name = '', key = '']: Reference): readonly string[] {
  if (root === 'flow' && name === 'variables') return [`$${key}`]
  if (root !== 'widgets') return []
  return key === 'parsed' ? [`ok:${name}`, `object:${name}`] : [`${name}.${key}`]
}

/** The fact that a reference to a widget needs. In JSON an answer must be known to be an object. */
export function factFor(target: State, key: string, inJson: boolean): string {
  const { name, type } = target
  if (type === 'run-function' || type === 'make-http-request') {
    if (key !== 'parsed') return `ran:${name}`
    return inJson ? `object:${name}` : `ok:${name}`
  }
  if (type === 'gather-input-on-call' && ['Digits', 'SpeechResult', 'Confidence'].includes(key)) {
    return `${name}.${key}`
  }
  return type === 'send-and-wait-for-reply' && key === 'inbound' ? `${name}.inbound` : `ran:${name}`
}
