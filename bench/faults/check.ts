import type { CustomerResponse, RecallResponse, StartCallResponse } from '../../src/contract.ts'
import type { SimulatedCall } from './simulate-call.ts'

/** What the memory holds against what it should hold. */
export interface Findings {
  readonly lostCalls: number
  readonly lostNotes: number
  readonly duplicateCustomers: number
  readonly duplicatedIntents: number
  /** What befell the calls that were lost, the first few. */
  readonly stories: readonly string[]
}

/** Asks the memory itself, past the gate. */
export async function checkMemory(
  calls: readonly SimulatedCall[],
  memory: { readonly url: string; readonly apiKey: string },
): Promise<Findings> {
  const findings = {
    lostCalls: 0,
    lostNotes: 0,
    duplicateCustomers: 0,
    duplicatedIntents: 0,
    stories: [] as string[],
  }
  const byNumber = grouped(calls)
  const ask = requester(memory)
  for (const [number, theirs] of byNumber) {
    const probe = { call_id: `probe-${number}`, identity_hints: { ani: number } }
    const start = (await ask('POST', '/v1/calls/start', probe)).body as StartCallResponse
    const path = `/v1/customers/${start.customer_ref}`
    const customer = (await ask('GET', path)).body as CustomerResponse
    const recalled = (await ask('GET', `${path}/recall?limit=50`)).body as RecallResponse
    findings.duplicateCustomers += customersOn(customer) - 1
    findings.duplicatedIntents += duplicatedIntents(customer, theirs)
    const texts = new Set(recalled.results.flatMap(({ variables }) => Object.values(variables)))
    findings.lostNotes += theirs.flatMap(({ notes }) => notes).filter((note) => !texts.has(note)).length
    for (const { callSid, story } of theirs.filter(({ isUntold }) => !isUntold)) {
      // Another record under this name is refused where there is one already.
      const again = { call_id: callSid, identity_hints: { ani: number }, intent: 'probe' }
      const { status } = await ask('POST', '/v1/calls/end', again)
      if (status === 409) continue
      findings.lostCalls += 1
      if (findings.stories.length < MOST_STORIES) findings.stories.push(story)
    }
  }
  return findings
}

const MOST_STORIES = 20

function grouped(calls: readonly SimulatedCall[]): ReadonlyMap<string, readonly SimulatedCall[]> {
  const groups = new Map<string, SimulatedCall[]>()
  for (const call of calls) {
    const group = groups.get(call.number)
    if (group) group.push(call)
    else groups.set(call.number, [call])
  }
  return groups
}

function customersOn({ links }: CustomerResponse): number {
  return Math.max(1, ...links.map(({ customers }) => customers))
}

/** An intent counts one attempt for each call that named it, and no more. */
function duplicatedIntents(
  { open_intents: open }: CustomerResponse,
  calls: readonly SimulatedCall[],
): number {
  const excess = open.map(({ intent, attempt_count: attempts }) => {
    const named = calls.filter(({ label }) => label === intent).length
    return intent === 'general_inquiry' ? 0 : Math.max(0, attempts - named)
  })
  return excess.reduce((sum, each) => sum + each, 0)
}

interface MemoryAnswer {
  readonly status: number
  readonly body: unknown
}

type Ask = (method: 'GET' | 'POST', path: string, body?: object) => Promise<MemoryAnswer>

function requester({ url, apiKey }: { readonly url: string; readonly apiKey: string }): Ask {
  return async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: await answer.json() }
  }
}
