/** Where calls are written, and with which key. */
export interface Target {
  readonly url: string
  readonly apiKey: string
}

/** A call of which the start, and maybe the end, was acknowledged. */
export interface KeptCall {
  /** Unique for the call; its customer, intent and variables are named after it. */
  readonly id: string
  readonly start: Readonly<Record<string, unknown>>
  readonly end?: Readonly<Record<string, unknown>>
}

/** How to write calls. */
export interface WriteOptions {
  /** Calls at a time. */
  readonly writers: number
  readonly prefix: string
  /** Whether to go on; asked before each call and each try. */
  readonly goOn: () => boolean
  /** Told of each acknowledged request. */
  readonly onAcknowledged?: () => void
  /** Told of each request that failed: its status, 0 when the connection broke. */
  readonly onFailed?: (status: number) => void
  /** How long to wait before a request that failed is sent again; undefined to give up the writer. */
  readonly retryAfterMs?: number
  /** Pause of a writer between two calls. */
  readonly pauseMs?: number
}

const REQUEST_TIMEOUT_MS = 15_000
const READERS = 8

/** Writes calls, each of a customer of its own, and keeps what was acknowledged. */
export async function writeCalls(target: Target, options: WriteOptions): Promise<readonly KeptCall[]> {
  const { writers, prefix, goOn, pauseMs = 0 } = options
  const kept: KeptCall[] = []
  const writer = async (number: number): Promise<void> => {
    for (let index = 0; goOn(); index += 1) {
      const id = `${prefix}_${number}_${index}`
      const start = await insist(target, options, 'start', startOf(id))
      if (start === undefined) return
      const end = await insist(target, options, 'end', endOf(id, String(start['customer_ref'])))
      kept.push({ id, start, ...(end && { end }) })
      if (end === undefined) return
      if (pauseMs > 0) await pause(pauseMs)
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, number) => writer(number)))
  return kept
}

/** What is missing of acknowledged calls, or half there: one line for each call that is not whole. */
export async function missingOf(target: Target, calls: readonly KeptCall[]): Promise<readonly string[]> {
  const missing: string[] = []
  const waiting = [...calls]
  const reader = async (): Promise<void> => {
    for (let call = waiting.pop(); call; call = waiting.pop()) {
      const problem = problemOf(call, await exportOf(target, String(call.start['customer_ref'])))
      if (problem !== undefined) missing.push(`${call.id}: ${problem}`)
    }
  }
  await Promise.all(Array.from({ length: READERS }, reader))
  return missing
}

/** What is half written of a customer whom `writeCalls` made; undefined when it is whole. */
export function halfWritten(exported: unknown): string | undefined {
  const { links, intents, variables, calls, stored_answers: answers } = exported as Exported
  const stages = answers.map(({ stage }) => stage).toSorted()
  const isEnded = stages.includes('end')
  const parts = {
    stages,
    links: links.length,
    intents: intents.length,
    variables: variables.length,
    notes: calls.map(({ call_end: end, variables: said }) => [end !== null, Object.keys(said).length]),
  }
  const whole = isEnded
    ? { stages: ['end', 'start'], links: 1, intents: 1, variables: 2, notes: [[true, 2]] }
    : { stages: ['start'], links: 1, intents: 0, variables: 0, notes: [[false, 0]] }
  return isSame(parts, whole) ? undefined : `half written: ${JSON.stringify(parts)}`
}

/** Reads everything that is held of a customer; undefined when nobody has the reference. */
export async function exportOf(target: Target, customerRef: string): Promise<unknown> {
  const answer = await ask(target, 'GET', `/v1/customers/${customerRef}/export`)
  return answer.status === 200 ? answer.body : undefined
}

interface Exported {
  readonly links: readonly unknown[]
  readonly intents: readonly { readonly intent: string }[]
  readonly variables: readonly { readonly value: string }[]
  readonly calls: readonly { readonly call_end: string | null; readonly variables: object }[]
  readonly stored_answers: readonly { readonly stage: string; readonly answer: object }[]
}

function problemOf(call: KeptCall, exported: unknown): string | undefined {
  if (exported === undefined) return 'its customer is gone'
  const half = halfWritten(exported)
  if (half !== undefined) return half
  const { intents, variables, stored_answers: answers } = exported as Exported
  for (const stage of ['start', 'end'] as const) {
    const stored = answers.find((one) => one.stage === stage)?.answer
    const given = call[stage]
    if (given && !isSame({ ...stored, call_id: call.id }, given)) return `its ${stage} is another`
  }
  if (!call.end) return undefined
  const isOwn =
    intents[0]?.intent === `intent_${call.id}` && variables.every(({ value }) => value === call.id)
  return isOwn ? undefined : 'its intent or variables are another'
}

const startOf = (id: string): object => ({ call_id: id, identity_hints: { external_ids: { ledger: id } } })

const endOf = (id: string, customerRef: string): object => ({
  call_id: id,
  customer_ref: customerRef,
  intent: `intent_${id}`,
  intent_status: 'open',
  variables: { first: id, second: id },
})

async function insist(
  target: Target,
  options: WriteOptions,
  stage: 'start' | 'end',
  body: object,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { goOn, onAcknowledged, onFailed, retryAfterMs } = options
  do {
    const answer = await ask(target, 'POST', `/v1/calls/${stage}`, body)
    if (answer.status === 200) {
      onAcknowledged?.()
      return answer.body as Readonly<Record<string, unknown>>
    }
    onFailed?.(answer.status)
    if (retryAfterMs === undefined) return undefined
    await pause(retryAfterMs)
  } while (goOn())
  return undefined
}

async function ask(
  { url, apiKey }: Target,
  method: string,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body?: unknown }> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  } catch {
    return { status: 0 }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}

/** Whether two values are the same as JSON, whatever the order of their fields. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other))
}

function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(ordered)
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, ordered(each)]),
  )
}
