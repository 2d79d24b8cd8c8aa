import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Flow, State, Transition } from '../../../local-twilio/src/studio/flow.ts'
import { lintFlow } from '../../../local-twilio/src/studio/lint/lint-flow.ts'
import type { Finding } from '../../../local-twilio/src/studio/lint/finding.ts'
import type { Contracts } from '../../../local-twilio/src/studio/lint/contract-schema.ts'
import { loadContracts, loadValues } from '../../../local-twilio/src/studio/cli/load-flow.ts'
import { flowOf } from '../../../local-twilio/src/studio/read-flow.ts'
import { spokenValues } from '../../../local-twilio/src/studio/spoken-values.ts'
import { BUILT_IN_CALL_FLOW } from '../../../src/voice/built-in-call-flow.ts'
import { renderFlow } from '../../../local-twilio/src/studio/render-flow.ts'

const FOLDER = join(resolve(__dirname, '../../..'), 'studio-flows')

/** The file of one of the project's flows. */
export const flowFile = (name: string): string => join(FOLDER, `${name}.json`)

/** One of the project's flows, as written. Each call makes a new one, which a test may spoil. */
export function ownFlow(name: string): Writable {
  return JSON.parse(readFileSync(flowFile(name), 'utf8')) as Writable
}

/** A flow that a test may change. */
export interface Writable {
  states: {
    name: string
    type: string
    transitions: { event: string; next?: string; conditions?: Record<string, unknown>[] }[]
    properties: Record<string, unknown>
  }[]
  initial_state: string
  flags?: Record<string, unknown>
  [key: string]: unknown
}

/** The contracts of the project's functions. */
export const CONTRACTS: Contracts = loadContracts(flowFile('x'))

/** One of the project's flows with its placeholders filled. */
export function filledFlow(name: string, more: Readonly<Record<string, string>>): Flow {
  const example = loadValues(flowFile(name), 'example')
  const filled = renderFlow(ownFlow(name), {
    ...example,
    ...spokenValues(BUILT_IN_CALL_FLOW, more['LANGUAGE']),
    ...more,
  })
  if (!filled.ok) throw new Error(filled.problems.join())
  return readable(filled.value)
}

/** A parsed definition as a flow. */
export function readable(value: unknown): Flow {
  const read = flowOf(value)
  if (!read.ok) throw new Error(read.problem)
  return read.flow
}

/** What the lint finds in a definition. */
export function findingsIn(value: unknown, contracts: Contracts = CONTRACTS): readonly Finding[] {
  const read = flowOf(value)
  if (!read.ok) throw new Error(read.problem)
  return lintFlow({ flow: read.flow, raw: read.raw, contracts })
}

/** A widget. */
export function widget(
  name: string,
  type: string,
  properties: Readonly<Record<string, unknown>>,
  routes: Readonly<Record<string, string | undefined>>,
): State {
  const transitions = Object.entries(routes).map(([event, next]) =>
    next === undefined ? { event } : { event, next },
  )
  return { name, type, transitions, properties }
}

/** A split on `input`: each match is `[type, value, next]`. */
export function split(
  name: string,
  input: string,
  noMatch: string | undefined,
  matches: readonly (readonly [type: string, value: string, next?: string])[],
): State {
  const transitions: Transition[] = [
    noMatch === undefined ? { event: 'noMatch' } : { event: 'noMatch', next: noMatch },
  ]
  for (const [type, value, next] of matches) {
    const conditions = [{ friendly_name: value, arguments: [input], type, value }]
    transitions.push({ event: 'match', ...(next !== undefined && { next }), conditions })
  }
  return { name, type: 'split-based-on', transitions, properties: { input } }
}

/** A flow of these widgets that an incoming call enters at the first. */
export function flowWith(...states: readonly State[]): Flow {
  const trigger = widget('Trigger', 'trigger', {}, { incomingCall: states[0]?.name })
  return { states: [trigger, ...states], initial_state: 'Trigger', flags: { allow_concurrent_calls: true } }
}
