import { createHmac } from 'node:crypto'
import type { Twilio } from 'twilio'
import type { LineFacts } from '../call/begin-call.ts'
import { type Clock, within } from '../clock.ts'
import type { LookupQuestion } from '../config.ts'
import type { LineType } from '../contract.ts'
import { TWILIO_REQUEST_TIMEOUT_MS } from './rest-client.ts'

/** What was found out about numbers today, by a keyed hash of number and question: never by the number. */
export type LookupCache = Map<string, { readonly day: string; readonly answer: LineFacts | boolean }>

export interface LookupOptions {
  readonly client: () => Twilio
  readonly questions: readonly LookupQuestion[]
  readonly cache: LookupCache
  /** Makes the cache's keys of no use to anybody else. */
  readonly hashKey: string
  readonly clock: Clock
}

/** Looks at calling numbers, each once a day and container. Never throws. */
export interface LineLookup {
  /** Undefined when Lookup did not answer: the line is then unknown. */
  readonly lookUp?: (e164: string) => Promise<LineFacts | undefined>
  /** Whether a number went to somebody else since a date, ISO-8601. Undefined when nobody knows. */
  readonly wasReassigned?: (e164: string, since: string) => Promise<boolean | undefined>
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

/** Asks Twilio Lookup what the settings say, and nothing else. */
export function createLookup(options: LookupOptions): LineLookup {
  const { questions } = options
  const asksLine = questions.includes('line_type') || questions.includes('sim_swap')
  return {
    ...(asksLine && {
      lookUp: (e164: string) => onceADay(options, `line ${e164}`, () => askLine(e164, options)),
    }),
    ...(questions.includes('reassigned') && {
      // TWILIO: the reassigned numbers database is that of the United States (Lookup v2, read 2026-11).
      wasReassigned: async (e164: string, since: string) => {
        const lastVerifiedDate = /^\d{4}-\d{2}-\d{2}/.exec(since)?.[0].replaceAll('-', '')
        if (!e164.startsWith('+1') || lastVerifiedDate === undefined) return undefined
        const name = `reassigned ${e164} ${lastVerifiedDate}`
        return onceADay(options, name, () => askReassigned(e164, lastVerifiedDate, options))
      },
    }),
  }
}

async function onceADay<Answer extends LineFacts | boolean>(
  { cache, hashKey, clock }: LookupOptions,
  name: string,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  const key = createHmac('sha256', hashKey).update(name).digest('base64url')
  const day = clock().toISOString().slice(0, 10)
  const kept = cache.get(key)
  // Under one name there is one kind of answer.
  if (kept?.day === day) return kept.answer as Answer
  const answer = await ask()
  if (answer !== undefined) remember(cache, key, { day, answer })
  return answer
}

async function askLine(e164: string, { client, questions }: LookupOptions): Promise<LineFacts | undefined> {
  const asksSimSwap = questions.includes('sim_swap')
  const fields = [
    ...(questions.includes('line_type') ? ['line_type_intelligence'] : []),
    ...(asksSimSwap ? ['sim_swap'] : []),
  ].join(',')
  const answer = await inTime(() => client().lookups.v2.phoneNumbers(e164).fetch({ fields }))
  if (answer === undefined) return undefined
  const { lineType, simSwapped } = readLine(answer)
  return { lineType, ...(asksSimSwap && { simSwapped }) }
}

async function askReassigned(
  e164: string,
  lastVerifiedDate: string,
  { client }: LookupOptions,
): Promise<boolean | undefined> {
  const question = { fields: 'reassigned_number', lastVerifiedDate }
  const answer = await inTime(() => client().lookups.v2.phoneNumbers(e164).fetch(question))
  const word = fieldOf(answer?.reassignedNumber, 'isNumberReassigned')
  if (word === 'yes') return true
  return word === 'no' ? false : undefined
}

async function inTime<Answer>(fetching: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await within<Answer | undefined>(TWILIO_REQUEST_TIMEOUT_MS, fetching(), () => undefined)
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
  entry: { readonly day: string; readonly answer: LineFacts | boolean },
): void {
  cache.delete(key)
  cache.set(key, entry)
  const oldest = cache.size > MOST_CACHED ? cache.keys().next().value : undefined
  if (oldest !== undefined) cache.delete(oldest)
}
