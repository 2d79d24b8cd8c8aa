import { asText, type Pair, pairsOf } from '../../flow.ts'
import { type Moment, settle, type WidgetOutcome } from './moment.ts'

/** Sets variables, each visible to the next one in the list. */
export function setVariables(moment: Moment): WidgetOutcome {
  const { context } = moment.execution
  const output: Record<string, unknown> = {}
  for (const pair of pairsOf(moment.state.properties['variables'])) {
    const value = valueOf(moment, pair)
    context.flow.variables[pair.key] = value
    output[pair.key] = value
  }
  return { event: 'next', output }
}

// Values are "interpolated and type-cast (null becomes empty string)"; one is a number unless it is quoted
// (Twilio, Set Variables and help centre, read 2026-11).
function valueOf(moment: Moment, { key, value, entry }: Pair): unknown {
  const { templates, context } = moment.execution
  const found = templates.evaluate(value, context)
  const { type, parse_as_json: asJson } = entry
  if (found === null || found === undefined) return ''
  if (type === 'string') return asText(found)
  if (type !== undefined || asJson !== undefined) return parsedValue(moment, key, found)
  if (typeof found !== 'string') return found
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(found.trim()) ? Number(found) : found
}

function parsedValue(moment: Moment, key: string, found: unknown): unknown {
  settle(moment, 'variable-type', `the variable ${key} has a type of its own`)
  try {
    return typeof found === 'string' ? JSON.parse(found) : found
  } catch {
    // Twilio ends such an execution with 81027.
    return found
  }
}
