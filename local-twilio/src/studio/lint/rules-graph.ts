import { pairsOf, type State } from '../flow.ts'
import { type Finding, reporter } from './finding.ts'
import { type LintSubject, typeOf } from './subject.ts'

/** The shape of the flow: what cannot be reached, what leads nowhere, what never ends. */
export function graphFindings(subject: LintSubject): readonly Finding[] {
  const found: Finding[] = []
  checkNames(subject, found)
  for (const state of subject.flow.states) {
    checkTargets(subject, state, found)
    if (subject.reachable.has(state.name)) checkRoutes(state, found)
    else {
      const report = reporter(found, 'warning', state.name)
      report('unreachable', '', 'no path leads to it from the trigger', 'lead to it, or remove it')
    }
  }
  checkLoops(subject, found)
  return found
}

function checkNames({ flow, states }: LintSubject, found: Finding[]): void {
  const seen = new Set<string>()
  for (const { name } of flow.states) {
    if (seen.has(name)) {
      reporter(found, 'error', name)('duplicate-name', 'name', 'two widgets have this name', 'rename one')
    }
    seen.add(name)
  }
  if (!states.has(flow.initial_state)) {
    const why = `initial_state names "${flow.initial_state.slice(0, 60)}", which is no widget`
    found.push({ rule: 'no-trigger', level: 'error', path: 'initial_state', why, mend: 'name the trigger' })
  }
}

function checkTargets({ states }: LintSubject, { name, transitions }: State, found: Finding[]): void {
  const report = reporter(found, 'error', name)
  transitions.forEach(({ event, next }, index) => {
    if (next === undefined || states.has(next)) return
    const why = `"${event}" leads to "${next.slice(0, 60)}", which is no widget`
    report('dangling-transition', `transitions[${index}].next`, why, 'name a widget, or leave "next" out')
  })
}

function checkRoutes(state: State, found: Finding[]): void {
  const fail = reporter(found, 'error', state.name)
  if (state.type === 'trigger') {
    if (state.transitions.some(({ next }) => next !== undefined)) return
    return fail('dead-end', 'transitions', 'no event leads anywhere', 'route the event that the flow serves')
  }
  if (state.transitions.length === 0) {
    return fail('dead-end', 'transitions', 'it has no transitions: the call ends in silence', 'add them')
  }
  for (const [event, rule] of Object.entries(typeOf(state).events)) {
    if (rule === 'end') continue
    if (state.transitions.some((one) => one.event === event && one.next !== undefined)) continue
    const isFailure = rule === 'failure'
    const report = reporter(found, isFailure ? 'error' : 'warning', state.name)
    const why = `"${event}" leads nowhere: the call ends there without a word`
    report(isFailure ? 'unrouted-failure' : 'unrouted-answer', 'transitions', why, `route "${event}"`)
  }
}

// Widgets that hand the caller over, or wait for hours, are no part of a loop that a silent caller stays in.
const LEAVES: ReadonlySet<string> = new Set([
  'send-to-flex',
  'enqueue-call',
  'connect-call-to',
  'send-and-wait-for-reply',
])

function checkLoops(subject: LintSubject, found: Finding[]): void {
  for (const loop of loopsOf(subject)) {
    const members = loop.flatMap((name) => subject.states.get(name) ?? [])
    if (members.some(({ type }) => LEAVES.has(type)) || isCounted(members, new Set(loop))) continue
    const [first = ''] = loop
    const why = `${loop.join(', ')} can go round for ever; Studio ends the call after 1,000 steps`
    const mend = 'count the rounds with set-variables and leave the loop by a split on the count'
    reporter(found, 'warning', first)('loop-without-counter', 'transitions', why, mend)
  }
}

/** A counter that adds to itself, and a split on it that can leave the loop. */
function isCounted(members: readonly State[], loop: ReadonlySet<string>): boolean {
  const counters = members.flatMap(({ type, properties }) =>
    type !== 'set-variables'
      ? []
      : pairsOf(properties['variables'])
          .filter(({ key, value }) => value.includes(`flow.variables.${key}`) && /\|\s*plus\b/.test(value))
          .map(({ key }) => key),
  )
  return members.some(
    ({ type, properties, transitions }) =>
      type === 'split-based-on' &&
      counters.some((key) => JSON.stringify(properties['input'] ?? '').includes(`flow.variables.${key}`)) &&
      transitions.some(({ next }) => next === undefined || !loop.has(next)),
  )
}

/** The strongly connected parts of the reachable graph that hold a cycle (Tarjan). */
function loopsOf({ states, reachable }: LintSubject): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const loops: (readonly string[])[] = []
  const targets = (name: string): readonly string[] =>
    (states.get(name)?.transitions ?? []).flatMap(({ next }) => (next && states.has(next) ? [next] : []))
  const visit = (name: string): void => {
    const place = order.size
    order.set(name, place)
    low.set(name, place)
    stack.push(name)
    for (const next of targets(name)) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) low.set(name, Math.min(low.get(name) ?? 0, low.get(next) ?? 0))
    }
    if (low.get(name) !== place) return
    const part = stack.splice(stack.indexOf(name))
    if (part.length > 1 || targets(name).includes(name)) loops.push(part)
  }
  for (const name of reachable) if (states.has(name) && !order.has(name)) visit(name)
  return loops
}
