import type { Flow } from '../flow.ts'
import type { Fields } from '../read-flow.ts'
import type { Contracts } from './contract-schema.ts'
import type { Finding } from './finding.ts'
import { graphFindings } from './rules-graph.ts'
import { jsonFindings } from './rules-json.ts'
import { liquidFindings } from './rules-liquid.ts'
import { referenceFindings } from './rules-references.ts'
import { safetyFindings } from './rules-safety.ts'
import { schemaFindings } from './rules-schema.ts'
import { splitFindings } from './rules-splits.ts'
import { createSubject } from './subject.ts'

/** What the lint looks at. */
export interface LintOptions {
  readonly flow: Flow
  /** The flow as it was written, for what reading it leaves out. */
  readonly raw: Fields
  /** Contracts of the answers that the flow reads. Without one, every key of an answer is taken on trust. */
  readonly contracts?: Contracts
}

const RULES = [
  schemaFindings,
  graphFindings,
  liquidFindings,
  referenceFindings,
  jsonFindings,
  splitFindings,
  safetyFindings,
] as const

/** Everything that is wrong with a flow, errors first, in the order of its widgets. Never throws. */
export function lintFlow({ flow, raw, contracts = new Map() }: LintOptions): readonly Finding[] {
  const subject = createSubject(flow, raw, contracts)
  const order = new Map(flow.states.map(({ name }, index) => [name, index]))
  const place = ({ widget }: Finding): number => (widget === undefined ? -1 : (order.get(widget) ?? 0))
  return RULES.flatMap((rule) => rule(subject)).sort((a, b) => rank(a) - rank(b) || place(a) - place(b))
}

function rank({ level }: Finding): number {
  return level === 'error' ? 0 : 1
}
