import { CATALOGUE } from '../catalogue/catalogue.ts'
import type { WidgetType } from '../catalogue/widget-type.ts'
import { reachableStates } from '../engine/coverage.ts'
import { type Flow, type State, templatesOf } from '../flow.ts'
import { createTemplateEngine, type Reference, type TemplateEngine } from '../liquid/liquid.ts'
import type { Fields } from '../read-flow.ts'
import { contractName, type Contracts } from './contract-schema.ts'

/** One template of a flow, with what it reads. */
export interface UsedTemplate {
  readonly state: State
  /** Where it stands: `properties.say` or `transitions[1].conditions[0].value`. */
  readonly path: string
  readonly text: string
  readonly references: readonly Reference[]
  /** Why it does not parse, when it does not. */
  readonly problem?: string
  /** Whether it is a JSON document. */
  readonly isJson: boolean
}

/** A flow as the rules look at it. */
export interface LintSubject {
  readonly flow: Flow
  /** As it was written. */
  readonly raw: Fields
  readonly states: ReadonlyMap<string, State>
  /** Names of the widgets that a path leads to. */
  readonly reachable: ReadonlySet<string>
  /** The templates of reachable widgets. */
  readonly templates: readonly UsedTemplate[]
  /** Renders with every open question answered in the way that hides least. */
  readonly engine: TemplateEngine
  /** The contract of a widget's answer; undefined when none is known. */
  readonly contractOf: (state: State) => Fields | undefined
}

/** Prepares a flow for the rules. */
export function createSubject(flow: Flow, raw: Fields, contracts: Contracts): LintSubject {
  const reachable = reachableStates(flow)
  const engine = createTemplateEngine({
    'to-json-of-nothing': 'nothing',
    'unevidenced-filter': 'as-standard-liquid',
    'liquid-error': 'nothing',
    'rendered-too-long': 'cut',
  })
  const templates = flow.states
    .filter(({ name }) => reachable.has(name))
    .flatMap((state) => templatesOf(state).map(({ path, text }) => usedTemplate(engine, state, path, text)))
  return {
    flow,
    raw,
    states: new Map(flow.states.map((state) => [state.name, state])),
    reachable,
    templates,
    engine,
    contractOf: ({ type, properties }) =>
      (type === 'run-function' || type === 'make-http-request') && typeof properties['url'] === 'string'
        ? contracts.get(contractName(properties['url']))
        : undefined,
  }
}

/** What is known of a widget's type. */
export function typeOf({ type }: State): WidgetType {
  return CATALOGUE.get(type) ?? { properties: {}, events: {}, unmodelled: true }
}

function usedTemplate(engine: TemplateEngine, state: State, path: string, text: string): UsedTemplate {
  const read = engine.read(text)
  const isCondition = path.startsWith('transitions[')
  const rule = isCondition ? undefined : typeOf(state).properties[path]
  const contentType = state.properties['content_type']
  const saysJson = typeof contentType === 'string' && contentType.includes('json')
  return {
    state,
    path: isCondition ? path : `properties.${path}`,
    text,
    references: read.ok ? read.references : [],
    ...(!read.ok && { problem: read.problem }),
    isJson: text.trim() !== '' && (rule?.json === 'always' || (rule?.json === 'by-content-type' && saysJson)),
  }
}
