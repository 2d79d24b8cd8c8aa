import { holds } from '../predicates.ts'
import { pairsOf, type State, type Transition } from '../flow.ts'
import type { Reference } from '../liquid/liquid.ts'
import type { LintSubject } from './subject.ts'

/**
 * What is known to be set when a widget runs. A fact is a text: `ran:w` (it ran), `ok:w` (its request
 * succeeded), `object:w` (its answer was an object), `w.Digits`, `$name` (a flow variable).
 */
export type Facts = ReadonlySet<string>

/** What is set on every path to each widget, and what on some. */
export interface AssignedFacts {
  readonly always: (state: string) => Facts
  readonly sometimes: (state: string) => Facts
}

const NONE: Facts = new Set()

/** Follows every path through the flow and keeps what holds on all of them, and what on any. */
export function assignFacts(subject: LintSubject): AssignedFacts {
  const { initial_state: initial } = subject.flow
  const always = new Map<string, Facts>([[initial, NONE]])
  const sometimes = new Map<string, Facts>([[initial, NONE]])
  const known = (facts: ReadonlyMap<string, Facts>, name: string): Facts => facts.get(name) ?? NONE
  const waiting = [initial]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const { next, gained } of stepsFrom(subject, name)) {
      const all = meet(always.get(next), union(known(always, name), gained))
      const any = union(known(sometimes, next), union(known(sometimes, name), gained))
      const changed = all.size !== always.get(next)?.size || any.size !== sometimes.get(next)?.size
      always.set(next, all)
      sometimes.set(next, any)
      if (changed) waiting.push(next)
    }
  }
  return { always: (name) => known(always, name), sometimes: (name) => known(sometimes, name) }
}

/** Where a widget leads, each way with what is set by taking it. */
function stepsFrom(
  subject: LintSubject,
  name: string,
): readonly { readonly next: string; readonly gained: Facts }[] {
  const state = subject.states.get(name)
  if (!state) return []
  return state.transitions.flatMap((transition) => {
    const { next } = transition
    return next !== undefined && subject.states.has(next)
      ? [{ next, gained: gains(subject, state, transition) }]
      : []
  })
}

function union(a: Facts, b: Facts): Facts {
  return new Set([...a, ...b])
}

/** What holds on both paths. A widget that no path has reached yet takes what comes. */
function meet(known: Facts | undefined, arriving: Facts): Facts {
  return known === undefined ? arriving : new Set([...known].filter((fact) => arriving.has(fact)))
}

/** What is set once a widget was left by a transition. */
function gains(subject: LintSubject, state: State, transition: Transition): Facts {
  const { name, type, properties } = state
  const ran = `ran:${name}`
  switch (type) {
    case 'run-function':
    case 'make-http-request':
      return new Set(transition.event === 'success' ? [ran, `ok:${name}`] : [ran])
    case 'gather-input-on-call':
      if (transition.event === 'keypress') return new Set([ran, `${name}.Digits`])
      return new Set(
        transition.event === 'speech' ? [ran, `${name}.SpeechResult`, `${name}.Confidence`] : [ran],
      )
    case 'send-and-wait-for-reply':
      return new Set(transition.event === 'incomingMessage' ? [ran, `${name}.inbound`] : [ran])
    case 'set-variables':
      return new Set([ran, ...pairsOf(properties['variables']).map(({ key }) => `$${key}`)])
    case 'split-based-on':
      return new Set([ran, ...learned(subject, state, transition)])
    default:
      return new Set([ran])
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
