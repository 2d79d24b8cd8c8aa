import { createHmac } from 'node:crypto'
import type { Twilio } from 'twilio'
import type { LineFacts } from '../call/begin-call.ts'
import { type Clock, within } from '../clock.ts'
import type { LookupMode } from '../config.ts'
import type { LineType } from '../contract.ts'
import { TWILIO_REQUEST_TIMEOUT_MS } from './rest-client.ts'

/** What was found out about numbers today, by a keyed hash: never by the number. */
export type LookupCache = Map<string, { readonly day: string; readonly facts: LineFacts }>

export interface LookupOptions {
  readonly client: () => Twilio
  readonly mode: Exclude<LookupMode, 'off'>
  readonly cache: LookupCache
  /** Makes the cache's keys of no use to anybody else. */
  readonly hashKey: string
  readonly clock: Clock
}

// One warm container sees few numbers in a day; the bound is for a flood of them.
const MOST_CACHED = 1_000

// Lookup's words for a line (Lookup v2 line type intelligence, read 2026-11), as the memory knows them.
const LINE_TYPES: Readonly<Record<string, LineType>> = {
  mobile: 'mobile',
  landline: 'landline',
  fixedVoip: 'voip',
  nonFixedVoip: 'voip',
}

/**
 * Looks at a calling number through Twilio Lookup, once a day and container. Undefined when Lookup did not answer:
 * the line is then unknown. Never throws.
 */
export function createLookup(options: LookupOptions): (e164: string) => Promise<LineFacts | undefined> {
  const { cache, hashKey, clock } = options
  return async (e164) => {
    const key = createHmac('sha256', hashKey).update(e164).digest('base64url')
    const day = clock().toISOString().slice(0, 10)
    const kept = cache.get(key)
    if (kept?.day === day) return kept.facts
    const facts = await ask(e164, options)
    if (facts) remember(cache, key, { day, facts })
    return facts
  }
}

async function ask(e164: string, { client, mode }: LookupOptions): Promise<LineFacts | undefined> {
  const asksSimSwap = mode === 'line_type+sim_swap'
  const fields = asksSimSwap ? 'line_type_intelligence,sim_swap' : 'line_type_intelligence'
  try {
    const work = client().lookups.v2.phoneNumbers(e164).fetch({ fields })
    const found = await within(TWILIO_REQUEST_TIMEOUT_MS, work.then(readLine), () => undefined)
    return found && { lineType: found.lineType, ...(asksSimSwap && { simSwapped: found.simSwapped }) }
  } catch {
    return undefined
  }
}

/** What the answer holds of a line. The SDK calls both parts of it anything, so each step is looked at. */
function readLine(answer: { lineTypeIntelligence?: unknown; simSwap?: unknown }): Required<LineFacts> {
  const type = fieldOf(answer.lineTypeIntelligence, 'type')
  const swapped = fieldOf(
    fieldOf(answer.simSwap, 'last_sim_swap') ?? fieldOf(answer.simSwap, 'lastSimSwap'),
    'swapped_in_period',
  )
  return { lineType: LINE_TYPES[String(type)] ?? 'unknown', simSwapped: swapped === true }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function remember(
  cache: LookupCache,
  key: string,
  entry: { readonly day: string; readonly facts: LineFacts },
): void {
  cache.delete(key)
  cache.set(key, entry)
  const oldest = cache.size > MOST_CACHED ? cache.keys().next().value : undefined
  if (oldest !== undefined) cache.delete(oldest)
}
