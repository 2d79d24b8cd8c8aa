import type { IntentStatus } from '../../contract.ts'

/** What an agent leaves with a call. */
export interface WrapUp {
  readonly intent?: string
  readonly intentStatus?: IntentStatus
  readonly notes?: string
  readonly disposition?: string
  readonly variables?: Readonly<Record<string, string>>
}

// The memory's own limits: a note or a value of 4,096 bytes, a label of 128 characters, 64 variables.
const MAX_VALUE_BYTES = 4_096
const MAX_LABEL = 128
const MAX_VARIABLES = 40
const VARIABLE_NAME = /^[A-Za-z][\w.-]{0,61}$/

/** The fields of a wrap-up as they arrive: nothing about them is certain. */
export interface GivenWrapUp {
  readonly intent?: unknown
  readonly intentStatus?: unknown
  readonly notes?: unknown
  readonly disposition?: unknown
  readonly variables?: unknown
}

/** Keeps of a wrap-up what can be saved: texts that are not empty, cut to what the memory takes. */
export function readWrapUp(given: GivenWrapUp): WrapUp {
  const intent = textOf(given.intent)?.slice(0, MAX_LABEL)
  const disposition = cut(textOf(given.disposition))
  const notes = cut(textOf(given.notes))
  const intentStatus = statusOf(given.intentStatus) ?? statusOfDisposition(disposition)
  const variables = readVariables(given.variables)
  return {
    ...(intent && { intent }),
    ...(intentStatus && { intentStatus }),
    ...(notes && { notes }),
    ...(disposition && { disposition }),
    ...(variables && { variables }),
  }
}

/** Whether there is anything in it. */
export function isEmptyWrapUp(wrapUp: WrapUp): boolean {
  return Object.keys(wrapUp).length === 0
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined
  return text === '' ? undefined : text
}

function cut(text: string | undefined): string | undefined {
  if (text === undefined || Buffer.byteLength(text) <= MAX_VALUE_BYTES) return text
  // A character that the cut went through shows as U+FFFD at the end.
  return Buffer.from(text)
    .subarray(0, MAX_VALUE_BYTES)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
}

const STATUSES: Readonly<Record<string, IntentStatus>> = {
  open: 'open',
  resolved: 'resolved',
  closed: 'resolved',
  abandoned: 'abandoned',
}

function statusOf(value: unknown): IntentStatus | undefined {
  return typeof value === 'string' ? STATUSES[value.trim().toLowerCase()] : undefined
}

/** What a disposition says about the matter, where its words leave no doubt. */
function statusOfDisposition(disposition: string | undefined): IntentStatus | undefined {
  const words = (disposition ?? '').toLowerCase()
  if (/\b(?:un|not[ _-]?)(?:re)?solved\b|follow[ _-]?up|escalat|call[ _-]?back/.test(words)) return 'open'
  if (/\b(?:resolved|solved|completed|done|closed)\b/.test(words)) return 'resolved'
  return undefined
}

function readVariables(value: unknown): WrapUp['variables'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value as Record<string, unknown>).flatMap(([name, entry]) => {
    const plain = typeof entry === 'number' || typeof entry === 'boolean' ? String(entry) : textOf(entry)
    return VARIABLE_NAME.test(name) && plain !== undefined ? [[name, cut(plain) ?? ''] as const] : []
  })
  return entries.length > 0 ? Object.fromEntries(entries.slice(0, MAX_VARIABLES)) : undefined
}
