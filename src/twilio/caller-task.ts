import type { CallSession } from '../call/session.ts'
import type { CallerTask } from '../contract.ts'
import type { Standing } from '../voice/route-call.ts'

/** Longest that a task may become as JSON: characters, and bytes in any alphabet. */
export const MAX_TASK: Readonly<Record<'length' | 'bytes', number>> = { length: 1_000, bytes: 1_200 }

/** What a task is made from. */
export interface CallerTaskParts {
  readonly session: CallSession
  readonly standing: Standing
  /** The calling number as it came in the webhook. */
  readonly from: string
  /** Names of the variables that may be spoken: they say most about the call, so they come first. */
  readonly spoken: readonly string[]
  /**
   * Who makes the task. TWILIO: an `<Enqueue>` adds `call_sid` by itself, so it must not be sent there (TaskRouter,
   * TwiML queue integration, read 2026-11); a Studio flow cannot rely on that.
   */
  readonly madeBy: 'enqueue' | 'studio'
}

const MAX_NAME = 64
const MAX_LABEL = 64
const MAX_VALUE = 120
const MAX_REASON = 160
const MAX_SOURCE = 40

/**
 * The attributes of a call's task, within MAX_TASK as JSON. What routing and the screen pop cannot do without is always
 * there; the rest is added by priority as long as there is room. The panel fetches what is missing.
 */
export function callerTask(parts: CallerTaskParts): CallerTask {
  const { session } = parts
  const told = extrasOf(parts).reduce(addIfShort, neededOf(parts))
  const sources = sourcesOf(session)
  const whole = session.tier === 'new' ? told : withMemory(told, parts)
  return sources.length === 0 ? whole : addIfShort(whole, { identity_sources: JSON.stringify(sources) })
}

/** The open intents, then the variables. */
function withMemory(task: CallerTask, { session: { known }, spoken }: CallerTaskParts): CallerTask {
  if (!known) return task
  const intents = known.openIntents.map(({ intent, status, attempt_count }) => ({
    intent: plain(intent, MAX_LABEL),
    status: plain(status, 16),
    attempt_count,
  }))
  const entries = orderedVariables(known.variables, spoken).map(
    ([name, value]) => [plain(name, MAX_LABEL), plain(value, MAX_VALUE)] as const,
  )
  const withIntents = fill(task, intents, (kept) => ({ open_intents: JSON.stringify(kept) }))
  return fill(withIntents, entries, (kept) => ({ variables: JSON.stringify(Object.fromEntries(kept)) }))
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

/** At most 380 characters without its texts, and 950 bytes with them. */
function neededOf({ session, standing, from, madeBy }: CallerTaskParts): CallerTask {
  const { callSid, startedAt, tier, memory, assurance, customerRef = '', known } = session
  return {
    type: 'inbound',
    name: plain(from, MAX_NAME),
    tier,
    memory,
    assurance: assurance.level,
    verification: assurance.verification,
    customer_ref: plain(customerRef, 128),
    identity_confidence: Math.round((known?.confidence ?? 0) * 1000) / 1000,
    identity_level: known?.level ?? 'none',
    attempt: standing.attempt,
    vip: standing.vip,
    ...(madeBy === 'studio' && callSid && { call_sid: callSid }),
    call_start: startedAt,
    open_intents: '[]',
    variables: '{}',
  }
}

/** What is told where there is something to tell, the most important first; of the reason first the short form. */
function extrasOf({ session, standing }: CallerTaskParts): readonly Partial<CallerTask>[] {
  const { intent, said, language, known } = session
  const lastContactAt = known?.variables['call_date']
  return [
    ...(intent ? [{ intent: plain(intent, MAX_LABEL) }] : []),
    ...(standing.preferredAgent ? [{ preferred_agent: plain(standing.preferredAgent, MAX_LABEL) }] : []),
    ...(language ? [{ language: plain(language, 16) }] : []),
    ...(lastContactAt ? [{ last_contact_at: plain(lastContactAt, 32) }] : []),
    ...(said ? [{ reason: plain(said, MAX_REASON / 4) }, { reason: plain(said, MAX_REASON) }] : []),
  ]
}

function addIfShort(task: CallerTask, extra: Partial<CallerTask>): CallerTask {
  const wider = { ...task, ...extra }
  return fits(wider) ? wider : task
}

/** The task with as many of the first items as fit; what is too long by itself is left out. */
function fill<T>(
  task: CallerTask,
  items: readonly T[],
  render: (kept: readonly T[]) => Partial<CallerTask>,
): CallerTask {
  const kept: T[] = []
  for (const item of items) if (fits({ ...task, ...render([...kept, item]) })) kept.push(item)
  return { ...task, ...render(kept) }
}

function fits(task: CallerTask): boolean {
  const text = JSON.stringify(task)
  return text.length <= MAX_TASK.length && Buffer.byteLength(text) <= MAX_TASK.bytes
}

function orderedVariables(
  variables: Readonly<Record<string, string>>,
  spoken: readonly string[],
): readonly (readonly [string, string])[] {
  const rank = ([name]: readonly [string, string]): number => (spoken.includes(name) ? 0 : 1)
  return Object.entries(variables).toSorted((a, b) => rank(a) - rank(b))
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
