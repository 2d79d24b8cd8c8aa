import { MAX_ATTRIBUTES } from '../engine/widgets/task.ts'
import type { Reference } from '../liquid/liquid.ts'
import { isFields, type Fields } from '../read-flow.ts'
import { longestJson, sampleOf, schemaAt } from './contract-schema.ts'
import { type Finding, reporter } from './finding.ts'
import { HOSTILE_VALUES } from './hostile.ts'
import type { LintSubject, UsedTemplate } from './subject.ts'

/** JSON documents inside templates: tried with hostile values, and measured at their longest. */
export function jsonFindings(subject: LintSubject): readonly Finding[] {
  return subject.templates
    .filter(({ isJson, problem }) => isJson && problem === undefined)
    .flatMap((used) => checkDocument(subject, used).concat(checkLength(subject, used)))
}

/** A value for one variable: a text where nothing else is known, made from `text`. */
type Sample = (text: string) => unknown

function checkDocument(subject: LintSubject, used: UsedTemplate): readonly Finding[] {
  const found: Finding[] = []
  const report = reporter(found, 'error', used.state.name)
  const tries = [(text: string) => text, () => 1, (text: string) => ({ a: text })]
  const plain = tries.find((sample) => documentOf(subject, used, samplesOf(subject, used, sample), 'safe'))
  if (!plain) {
    report('json-invalid', used.path, 'it renders to no JSON object even with plain values', 'mend its JSON')
    return found
  }
  const samples = samplesOf(subject, used, plain)
  const shape = shapeOf(documentOf(subject, used, samples, 'safe'))
  for (const path of distinct(used.references)) {
    const schema = schemaOf(subject, path)
    if (schema && !carriesText(schema)) continue
    const hostile = schema || plain !== tries[1] ? samples : samplesOf(subject, used, (text) => text)
    const outcome = attack(subject, used, hostile, path, shape)
    const name = `{{${path.join('.')}}}`
    const mend = `write {{ ${path.join('.')} | to_json }} without quotation marks around it`
    if (outcome.injected !== undefined) {
      const why = `${name} can add or replace keys, for example by ${JSON.stringify(outcome.injected)}`
      report('json-injection', used.path, why, mend)
    } else if (outcome.broken !== undefined) {
      const why = `${name} makes it invalid JSON, for example by ${JSON.stringify(outcome.broken)}`
      report('json-broken', used.path, why, mend)
    }
  }
  return found
}

function distinct(references: readonly Reference[]): readonly Reference[] {
  return [...new Map(references.map((path) => [path.join('.'), path])).values()]
}

function schemaOf(
  { states, contractOf }: LintSubject,
  [root, name = '', key, ...rest]: Reference,
): Fields | undefined {
  const state = root === 'widgets' && key === 'parsed' ? states.get(name) : undefined
  const contract = state && contractOf(state)
  return contract && schemaAt(contract, rest)?.schema
}

function carriesText(schema: Fields): boolean {
  return JSON.stringify(sampleOf(schema, '\u0001')).includes('\\u0001')
}

function samplesOf(
  subject: LintSubject,
  used: UsedTemplate,
  plain: Sample,
): ReadonlyMap<string, { readonly path: Reference; readonly sample: Sample }> {
  return new Map(
    distinct(used.references).map((path) => {
      const schema = schemaOf(subject, path)
      return [path.join('.'), { path, sample: schema ? (text: string) => sampleOf(schema, text) : plain }]
    }),
  )
}

type Samples = ReturnType<typeof samplesOf>

function attack(
  subject: LintSubject,
  used: UsedTemplate,
  samples: Samples,
  path: Reference,
  shape: string,
): { readonly broken?: string; readonly injected?: string } {
  const name = path.join('.')
  // A template that takes all of them at once takes each.
  const whole = documentOf(subject, used, samples, 'safe', { path: name, value: HOSTILE_VALUES.join('') })
  if (whole !== undefined && shapeOf(whole) === shape) return {}
  let broken: string | undefined
  for (const value of HOSTILE_VALUES) {
    const document = documentOf(subject, used, samples, 'safe', { path: name, value })
    if (document === undefined) broken ??= value
    else if (value !== '' && shapeOf(document) !== shape) return { injected: value }
  }
  return broken === undefined ? {} : { broken }
}

function documentOf(
  { engine }: LintSubject,
  { text }: UsedTemplate,
  samples: Samples,
  plain: string,
  hostile?: { readonly path: string; readonly value: string },
): Fields | undefined {
  const context: Record<string, unknown> = {}
  for (const [key, { path, sample }] of samples) {
    place(context, path, sample(key === hostile?.path ? hostile.value : plain))
  }
  try {
    const value: unknown = JSON.parse(engine.render(text, context))
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

function place(context: Record<string, unknown>, path: Reference, value: unknown): void {
  let at = context
  for (const key of path.slice(0, -1)) {
    const next = at[key]
    const inner: Record<string, unknown> = isFields(next) ? { ...next } : {}
    at[key] = inner
    at = inner
  }
  at[path.at(-1) ?? ''] = value
}

/** The keys of a document, without its values. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shapeOf).join()}]`
  if (!isFields(value)) return '.'
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${key}:${shapeOf(value[key])}`).join()}}`
}

// The longest values that Twilio sends; what callers say has no bound.
const TRIGGER_LENGTH = 66
const KNOWN_LENGTHS: Readonly<Record<string, number>> = {
  Digits: 66,
  Confidence: 24,
  SpeechResult: Infinity,
  Body: Infinity,
}

function checkLength(subject: LintSubject, used: UsedTemplate): readonly Finding[] {
  if (used.state.type !== 'send-to-flex' && used.state.type !== 'enqueue-call') return []
  const found: Finding[] = []
  const fixed = used.text.replace(/\{\{.*?\}\}|\{%.*?%\}/gs, '').length
  const lengths = used.references.map((path) => ({ path, length: longestOf(subject, path) }))
  const endless = lengths.find(({ length }) => length === Infinity)
  const total = lengths.reduce((sum, { length }) => sum + length, fixed)
  if (used.text.length > MAX_ATTRIBUTES || (total > MAX_ATTRIBUTES && !endless)) {
    const why = `the attributes can reach ${Math.max(used.text.length, total)} characters; Studio takes ${MAX_ATTRIBUTES}`
    reporter(found, 'error', used.state.name)('attributes-too-long', used.path, why, 'send less')
  } else if (endless) {
    const why = `{{${endless.path.join('.')}}} has no bound; attributes may have ${MAX_ATTRIBUTES} characters`
    const mend = 'let a Function cut it, and say so in its contract (maxLength)'
    reporter(found, 'warning', used.state.name)('attributes-unbounded', used.path, why, mend)
  }
  return found
}

function longestOf(subject: LintSubject, path: Reference): number {
  const schema = schemaOf(subject, path)
  if (schema) return longestJson(schema) ?? Infinity
  if (path[0] === 'trigger' || path[0] === 'contact')
    return KNOWN_LENGTHS[path.at(-1) ?? ''] ?? TRIGGER_LENGTH
  if (path[0] === 'flow') return path[1] === 'variables' || path[1] === 'data' ? Infinity : TRIGGER_LENGTH
  return KNOWN_LENGTHS[path.at(-1) ?? ''] ?? Infinity
}
