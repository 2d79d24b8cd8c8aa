import type { EndRequest } from '../request/end-request.ts'
import { MAX_INTENT_LENGTH } from '../request/intent.ts'
import type { IntentWrite } from '../request/intent.ts'
import { MAX_VARIABLE_BYTES } from '../request/variables.ts'
import { addCounts } from './redact.ts'
import type { Redact, RedactionCounts } from './redact.ts'

/** An end whose texts may be written. */
export interface RedactedEnd {
  readonly request: EndRequest
  readonly counts: RedactionCounts
}

// Marks may be longer than what they stand for. A text that outgrows its limit thereby is nothing but marks.
const TOO_LONG = '[redacted]'

/** Redacts every text of an end that is stored readable: the intents and the values of the variables. */
export function redactEnd(request: EndRequest, redact: Redact): RedactedEnd {
  const counts: RedactionCounts[] = []
  const keep = (text: string, label: string, fits: (kept: string) => boolean): string => {
    const redacted = redact(text, label)
    counts.push(redacted.counts)
    return fits(redacted.text) ? redacted.text : TOO_LONG
  }
  const intents = request.intents.map(({ intent, status }) => ({
    intent: keep(intent, '', fitsIntent),
    status,
  }))
  const variables = request.variables.map((write) => ({
    ...write,
    value: write.value === null ? null : keep(write.value, write.name, fitsVariable),
  }))
  return { request: { ...request, intents: onceEach(intents), variables }, counts: addCounts(counts) }
}

/** Labels that are alike once they are redacted are one intent, open when one of them is. */
function onceEach(intents: readonly IntentWrite[]): IntentWrite[] {
  const byLabel = new Map<string, IntentWrite>()
  for (const write of intents) {
    if (byLabel.get(write.intent)?.status !== 'open') byLabel.set(write.intent, write)
  }
  return [...byLabel.values()]
}

function fitsIntent(text: string): boolean {
  return text.length <= MAX_INTENT_LENGTH
}

function fitsVariable(text: string): boolean {
  return Buffer.byteLength(text) <= MAX_VARIABLE_BYTES
}
