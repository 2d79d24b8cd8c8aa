import type { CallSession } from '../call/session.ts'
import type { Routing } from '../voice/route-call.ts'

/** Longest that the attributes of a task may become, in characters of JSON. */
export const MAX_TASK_ATTRIBUTES = 1_000

const MAX_VALUE = 120
const MAX_LABEL = 64
const MAX_SOURCE = 40

type Attributes = Record<string, string | number | boolean>

/**
 * The attributes of a call's task, as JSON text of at most 1,000 characters. What routing and the screen pop cannot do
 * without comes first; then as many open intents and variables as there is room for, the panel fetches the rest.
 *
 * TWILIO: `call_sid`, `from`, `to` and the like are added by Twilio itself and must not be sent (TaskRouter, TwiML
 * queue integration, read 2026-11).
 */
export function renderTaskAttributes(
  session: CallSession,
  routing: Routing,
  spoken: readonly string[],
): string {
  const { known } = session
  const attributes = fixedAttributes(session, routing)
  const intents: object[] = []
  for (const { intent, status, attempt_count } of known?.openIntents ?? []) {
    const entry = { intent: plain(intent, MAX_LABEL), status: plain(status, 16), attempt_count }
    if (fits({ ...attributes, open_intents: JSON.stringify([...intents, entry]) })) intents.push(entry)
  }
  attributes['open_intents'] = JSON.stringify(intents)
  let variables: Readonly<Record<string, string>> = {}
  for (const [name, value] of orderedVariables(known?.variables ?? {}, spoken)) {
    const wider = { ...variables, [plain(name, MAX_LABEL)]: plain(value, MAX_VALUE) }
    if (fits({ ...attributes, variables: JSON.stringify(wider) })) variables = wider
  }
  attributes['variables'] = JSON.stringify(variables)
  const sources = JSON.stringify(sourcesOf(session))
  if (sources !== '[]' && fits({ ...attributes, identity_sources: sources })) {
    attributes['identity_sources'] = sources
  }
  return JSON.stringify(attributes)
}

/** At most 700 characters, whatever is in the session: each value has its own limit. */
function fixedAttributes(session: CallSession, routing: Routing): Attributes {
  const { customerRef, known, intent, startedAt, tier, memory, assurance, language } = session
  const lastContactAt = known?.variables['call_date']
  return {
    ...(customerRef && { customer_ref: plain(customerRef, 128) }),
    tier,
    memory,
    assurance: assurance.level,
    verification: assurance.verification,
    ...(intent && { intent: plain(intent, MAX_LABEL) }),
    ...(routing.kind === 'queue' && queueAttributes(routing)),
    ...(known && { identity_confidence: known.confidence, identity_level: known.level }),
    ...(language && { language: plain(language, 16) }),
    call_start: startedAt,
    ...(lastContactAt && { last_contact_at: plain(lastContactAt, 32) }),
    open_intents: '[]',
    variables: '{}',
  }
}

/** Why the memory is so sure, and what the network says of the number. The first to be left out. */
function sourcesOf({ known, attestation, forwarded }: CallSession): readonly string[] {
  const sources = (known?.sources ?? []).map((source) => plain(source, MAX_SOURCE))
  const network = [
    ...(attestation ? [`attestation:${attestation}`] : []),
    ...(forwarded ? ['forwarded'] : []),
  ]
  return [...new Set([...sources, ...network])]
}

function queueAttributes({ attempt, vip, preferredAgent }: Extract<Routing, { kind: 'queue' }>): Attributes {
  return {
    attempt,
    vip,
    ...(preferredAgent && { preferred_agent: plain(preferredAgent, MAX_LABEL) }),
  }
}

/** What may be spoken says most about the call, so it comes first. */
function orderedVariables(
  variables: Readonly<Record<string, string>>,
  spoken: readonly string[],
): readonly (readonly [string, string])[] {
  const rank = ([name]: readonly [string, string]): number => (spoken.includes(name) ? 0 : 1)
  return Object.entries(variables).toSorted((a, b) => rank(a) - rank(b))
}

function fits(attributes: Attributes): boolean {
  return JSON.stringify(attributes).length <= MAX_TASK_ATTRIBUTES
}

/** Text without what no screen shows and XML does not allow. Quotation marks count twice or more, so few remain. */
function plain(text: string, maxLength: number): string {
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/["\\]/g, "'")
    .trim()
    .slice(0, maxLength)
    .replace(/\p{Cs}/gu, '')
}
