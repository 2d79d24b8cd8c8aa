/** How bad a finding is: an `error` fails on a call, a `warning` may. */
export type FindingLevel = 'error' | 'warning'

/** One thing wrong with a flow. */
export interface Finding {
  /** The rule's id. */
  readonly rule: string
  readonly level: FindingLevel
  /** Name of the widget; absent for the flow as a whole. */
  readonly widget?: string
  /** Where in the widget: `properties.timeout`, `transitions[1]`. */
  readonly path?: string
  readonly why: string
  readonly mend: string
}

/** Collects findings of one widget. */
export type Report = (rule: string, path: string, why: string, mend: string) => void

/** A collector that fills `found`. */
export function reporter(found: Finding[], level: FindingLevel, widget: string): Report {
  return (rule, path, why, mend) => found.push({ rule, level, widget, ...(path && { path }), why, mend })
}
