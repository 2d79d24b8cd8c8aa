import { type Context, ForTag, Liquid, type Template } from 'liquidjs'
import { type AssumedAnswers } from '../engine/open-questions.ts'
import { answerTo, OpenQuestionMet } from '../engine/run-end.ts'
import { EVIDENCED_FILTERS, wordsOf } from './filters.ts'

/** A variable that a template reads, as its segments: `['widgets', 'ask', 'Digits']`. */
export type Reference = readonly string[]

/** What can be said of a template without rendering it. */
export type ReadTemplate =
  | { readonly ok: true; readonly references: readonly Reference[] }
  | { readonly ok: false; readonly problem: string }

/** Reads and renders Studio's templates. liquidjs stands in for Studio's own engine: only what both do is used. */
export interface TemplateEngine {
  readonly read: (template: string) => ReadTemplate
  /** @throws OpenQuestionMet where Studio's behaviour is not documented. */
  readonly render: (template: string, context: object) => string
  /** The value itself where a template is one output and nothing else; the rendered text otherwise. */
  readonly evaluate: (template: string, context: object) => unknown
}

/** Longest text that a template may render to, in bytes. */
export const MAX_RENDERED_BYTES: number = 16 * 1024
const MAX_ITERATIONS = 15

/** Whether a text holds anything that Liquid reads. */
export function isTemplate(text: string): boolean {
  return /\{[{%]/.test(text)
}

/** A template engine with these answers assumed. Parsed templates are kept as long as it lives. */
export function createTemplateEngine(assumed: AssumedAnswers = {}): TemplateEngine {
  const liquid = makeLiquid(assumed)
  const parsed = keep((template) => liquid.parse(template))
  const references = keep((template) => readReferences(liquid, template))
  const doubtfulFilter = keep(
    (template) => wordsOf(template).filters.find((name) => !EVIDENCED_FILTERS.has(name)) ?? '',
  )
  const guarded = (template: string, work: () => string): string => {
    try {
      const doubtful = doubtfulFilter(template)
      if (doubtful) answerTo(assumed, 'unevidenced-filter', `the filter ${doubtful}`)
      return bounded(work(), assumed)
    } catch (error) {
      if (error instanceof OpenQuestionMet) throw error
      const met = (error as { originalError?: unknown }).originalError
      if (met instanceof OpenQuestionMet) throw met
      const how = answerTo(assumed, 'liquid-error', problemOf(error))
      return how === 'the-template' ? template : ''
    }
  }
  const render = (template: string, context: object): string =>
    isTemplate(template)
      ? guarded(template, () => String(liquid.renderSync(parsed(template), context)))
      : template
  return {
    read: references,
    render,
    evaluate: (template, context) => {
      const inner = /^\s*\{\{-?((?:(?!\}\}).)*?)-?\}\}\s*$/s.exec(template)?.[1]
      if (inner === undefined) return render(template, context)
      let value: unknown
      const text = guarded(template, () => {
        value = liquid.evalValueSync(inner.trim(), context)
        return typeof value === 'string' ? value : ''
      })
      return typeof value === 'string' || value === undefined ? text : value
    },
  }
}

function makeLiquid(assumed: AssumedAnswers): Liquid {
  // Studio renders dates in US Pacific time without a way to change it (Twilio's help centre, read 2026-11).
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    timezoneOffset: 'America/Los_Angeles',
  })
  liquid.registerFilter('to_json', (value: unknown) => {
    if (value !== undefined && value !== null) return JSON.stringify(value)
    return answerTo(assumed, 'to-json-of-nothing', 'to_json of a value that is not there') === 'null'
      ? 'null'
      : ''
  })
  liquid.registerTag('for', countedFor())
  return liquid
}

/** The tag `for` with Studio's limit: 15 iterations in one template, all its loops together. */
function countedFor(): typeof ForTag {
  const iterations = new WeakMap<Context, number>()
  const count: Template = {
    token: undefined as never,
    render: (context) => {
      const done = (iterations.get(context) ?? 0) + 1
      if (done > MAX_ITERATIONS)
        throw new RangeError(`more than ${MAX_ITERATIONS} iterations in one template`)
      iterations.set(context, done)
    },
  }
  // liquidjs takes its tags as classes.
  return class extends ForTag {
    constructor(...parts: ConstructorParameters<typeof ForTag>) {
      super(...parts)
      this.templates.unshift(count)
    }
  }
}

function bounded(text: string, assumed: AssumedAnswers): string {
  const bytes = Buffer.byteLength(text)
  if (bytes <= MAX_RENDERED_BYTES) return text
  const how = answerTo(assumed, 'rendered-too-long', `a text of ${bytes} bytes`)
  return how === 'cut' ? Buffer.from(text).subarray(0, MAX_RENDERED_BYTES).toString('utf8') : ''
}

function readReferences(liquid: Liquid, template: string): ReadTemplate {
  if (!isTemplate(template)) return { ok: true, references: [] }
  try {
    const found = liquid.globalVariableSegmentsSync(template)
    return { ok: true, references: found.map((path) => path.map(segment)) }
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
}

// A segment that is itself a variable, `list[index]`, stands for any.
function segment(part: unknown): string {
  return Array.isArray(part) ? '*' : String(part)
}

function problemOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 160) : 'it does not parse'
}

function keep<T>(make: (template: string) => T): (template: string) => T {
  const kept = new Map<string, T>()
  return (template) => {
    const known = kept.get(template)
    if (known !== undefined) return known
    const made = make(template)
    kept.set(template, made)
    return made
  }
}
