import { PREDICATES } from '../catalogue/catalogue.ts'
import type { PropertyKind, PropertyRule } from '../catalogue/widget-type.ts'
import type { State } from '../flow.ts'
import { nearestName } from '../nearest-name.ts'
import { type Fields, isFields } from '../read-flow.ts'
import { type Finding, type Report, reporter } from './finding.ts'
import { type LintSubject, typeOf } from './subject.ts'

/** Strict form: what Studio's own validation lets pass and then ignores. */
export function schemaFindings({ flow, raw }: LintSubject): readonly Finding[] {
  const found: Finding[] = [...flowFindings(raw)]
  const rawStates = raw['states'] as readonly Fields[]
  flow.states.forEach((state, index) => {
    const report = reporter(found, 'error', state.name)
    const written = rawStates[index] ?? {}
    checkKeys(written, ['name', 'type', 'transitions', 'properties'], '', report)
    checkName(state, reporter(found, 'warning', state.name))
    if (!typeOf(state).unmodelled) checkProperties(state, report)
    checkSpeech(state, report)
    checkTransitions(state, written, report)
  })
  return found
}

function flowFindings(raw: Fields): readonly Finding[] {
  const found: Finding[] = []
  const report: Report = (rule, path, why, mend) => found.push({ rule, level: 'error', path, why, mend })
  checkKeys(raw, ['description', 'states', 'initial_state', 'flags', '$schema'], '', report)
  const { flags } = raw
  const isOn = isFields(flags) && flags['allow_concurrent_calls'] === true
  if (!isOn) {
    const why = 'without allow_concurrent_calls one stuck execution blocks every later call of that caller'
    found.push({ rule: 'concurrent-calls', level: 'warning', path: 'flags', why, mend: 'set it to true' })
  }
  return found
}

function checkKeys(fields: Fields, known: readonly string[], path: string, report: Report): void {
  for (const key of Object.keys(fields)) {
    if (known.includes(key)) continue
    report(
      'unknown-key',
      `${path}${key}`,
      `Studio knows no key "${key}" here`,
      meantOr(key, known, 'remove it'),
    )
  }
}

function meantOr(written: string, names: Iterable<string>, otherwise: string): string {
  const meant = nearestName(written, names)
  return meant === undefined ? otherwise : `write "${meant}"`
}

function checkName({ name }: State, report: Report): void {
  if (/^[A-Za-z]\w*$/.test(name)) return
  const why = 'Liquid cannot safely read a widget of this name'
  report('widget-name', 'name', why, 'begin with a letter; use letters, digits and underscores only')
}

function checkProperties(state: State, report: Report): void {
  const { properties: rules, misnamed = {} } = typeOf(state)
  for (const [name, value] of Object.entries(state.properties)) {
    if (name === 'offset') continue
    const rule = rules[name]
    const path = `properties.${name}`
    if (rule) checkValue(rule, value, path, report)
    else {
      const known = misnamed[name]
      const mend = known === undefined ? meantOr(name, Object.keys(rules), 'remove it') : `write "${known}"`
      report('unknown-property', path, `${state.type} has no property "${name}": Studio ignores it`, mend)
    }
  }
  for (const [name, { required }] of Object.entries(rules)) {
    if (!required || name in state.properties) continue
    report('missing-property', `properties.${name}`, `${state.type} needs "${name}"`, 'set it')
  }
}

function checkValue(rule: PropertyRule, value: unknown, path: string, report: Report): void {
  const fits = isKind(rule.kind, value) || (rule.alsoKind !== undefined && isKind(rule.alsoKind, value))
  if (!fits) {
    const why = `${kindOf(value)} found, ${rule.kind} expected`
    return report('property-type', path, why, `write ${formOf(rule.kind)}`)
  }
  if (rule.oneOf && typeof value === 'string' && !value.includes('{{') && !rule.oneOf.includes(value)) {
    const mend = meantOr(value, rule.oneOf, `use one of ${rule.oneOf.join(', ')}`)
    report('property-value', path, `"${value.slice(0, 40)}" is none of ${rule.oneOf.join(', ')}`, mend)
  }
}

function isKind(kind: PropertyKind, value: unknown): boolean {
  switch (kind) {
    case 'integer':
      return Number.isInteger(value)
    case 'list':
      return Array.isArray(value)
    case 'pairs':
      return Array.isArray(value) && value.every((item) => isFields(item) && typeof item['key'] === 'string')
    case 'object':
      return isFields(value)
    case 'string':
    case 'boolean':
      return typeof value === kind
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}

function formOf(kind: PropertyKind): string {
  const forms = {
    string: 'it in quotation marks',
    integer: 'a whole number without quotation marks',
    boolean: 'true or false without quotation marks',
    object: 'an object',
    list: 'a list',
    pairs: 'a list of { "key": ..., "value": ... }',
  }
  return forms[kind]
}

function checkSpeech({ type, properties }: State, report: Report): void {
  const ways = type === 'say-play' ? ['say', 'play', 'digits'] : ['say', 'play']
  if (type !== 'say-play' && type !== 'gather-input-on-call') return
  const used = ways.filter((name) => name in properties)
  if (used.length === 1) return
  const why = used.length === 0 ? `none of ${ways.join(', ')} is set` : `${used.join(' and ')} are both set`
  report('say-or-play', 'properties', why, `set exactly one of ${ways.join(', ')}; a silent one says ""`)
}

function checkTransitions(state: State, written: Fields, report: Report): void {
  const { events, unmodelled } = typeOf(state)
  const rawTransitions = (written['transitions'] ?? []) as readonly Fields[]
  const seen = new Set<string>()
  state.transitions.forEach((transition, index) => {
    const { event } = transition
    const path = `transitions[${index}]`
    checkKeys(rawTransitions[index] ?? {}, ['event', 'next', 'conditions'], `${path}.`, report)
    if (!unmodelled && !(event in events)) {
      const why = `${state.type} has no event "${event}": this is never taken`
      const otherwise = `use ${Object.keys(events).join(', ')}`
      report('unknown-event', path, why, meantOr(event, Object.keys(events), otherwise))
    }
    if (event !== 'match' && seen.has(event)) {
      report('duplicate-event', path, `"${event}" leads two ways; only one can be taken`, 'remove one')
    }
    seen.add(event)
    if (event === 'match') checkConditions(rawTransitions[index] ?? {}, path, report)
  })
}

function checkConditions({ conditions }: Fields, path: string, report: Report): void {
  const list = Array.isArray(conditions) ? (conditions as readonly Fields[]) : []
  const at = `${path}.conditions`
  if (list.length !== 1) {
    report('condition-form', at, `${list.length} conditions; exports have exactly one`, 'write exactly one')
  }
  for (const condition of list) {
    checkKeys(condition, ['friendly_name', 'arguments', 'type', 'value'], `${at}[0].`, report)
    const missing = ['friendly_name', 'arguments', 'type', 'value'].filter((key) => !(key in condition))
    if (missing.length > 0) {
      const why = `a condition without ${missing.join(', ')} is imported and may never match`
      report('condition-form', `${at}[0]`, why, `add ${missing.join(', ')}`)
    }
    const { type } = condition
    if (typeof type === 'string' && !PREDICATES.has(type)) {
      const mend = meantOr(type, PREDICATES, 'use one of the 17 types of Studio')
      report('condition-type', `${at}[0].type`, `Studio has no condition type "${type.slice(0, 40)}"`, mend)
    }
  }
}
