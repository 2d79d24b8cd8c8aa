import { type Ani, parseAni } from '../caller/ani.ts'
import { type Attestation, parseAttestation } from '../caller/attestation.ts'
import type { InboundCall } from '../call/begin-call.ts'
import { CallerMemoryError } from '../errors.ts'
import type { AfterQueue } from '../voice/queue-steps.ts'
import type { RuntimeEvent } from './runtime.ts'

// Twilio adds parameters without notice, so what is not read here is ignored.

/**
 * Reads the first webhook of a call.
 *
 * @throws CM_PAYLOAD_INVALID without a CallSid.
 */
export function parseInboundCall(event: RuntimeEvent): InboundCall {
  const dnis = parseAni(text(event, remoteParty(event) === 'From' ? 'To' : 'From'))
  return {
    callSid: parseCallSid(event),
    ani: parseCaller(event),
    attestation: attestationOf(event),
    ...(dnis.kind === 'number' && { dnis: dnis.e164 }),
  }
}

/** Twilio names the line that forwarded a call in `ForwardedFrom`, where the carrier tells. */
function attestationOf(event: RuntimeEvent): Attestation {
  const attestation = parseAttestation(text(event, 'StirVerstat'))
  return { ...attestation, diverted: attestation.diverted || text(event, 'ForwardedFrom') !== undefined }
}

/** What a caller pressed, said or recorded; each only where Twilio sent it and it is not empty. */
export interface CallerInput {
  readonly digits?: string
  readonly speech?: string
  readonly recordingSid?: string
}

/** Reads the answer to a `<Gather>` or `<Record>`. */
export function parseCallerInput(event: RuntimeEvent): CallerInput {
  const digits = text(event, 'Digits')
  const speech = text(event, 'SpeechResult')
  const recordingSid = text(event, 'RecordingSid')
  const recorded = recordingSid && /^RE[0-9a-f]{32}$/i.test(recordingSid)
  return { ...(digits && { digits }), ...(speech && { speech }), ...(recorded && { recordingSid }) }
}

/** What a Studio flow says of the question that it has asked. */
export interface AskedQuestion {
  /** Whether it was what the call is about, rather than the question of `get-caller-context`. */
  readonly askedTopic: boolean
  /** Whether an earlier answer of this call was that the caller is somebody else. */
  readonly wasDenied: boolean
  /** Language tag in which the flow speaks. Absent: the caller's. */
  readonly language?: string
}

/** Reads what a Studio flow says of its question, in the parameters Question, Confirmed and Language. */
export function parseAskedQuestion(event: RuntimeEvent): AskedQuestion {
  const language = parseSpokenLanguage(event)
  return {
    askedTopic: parseWord(event, 'Question', ['topic']) !== undefined,
    wasDenied: parseWord(event, 'Confirmed', ['no']) !== undefined,
    ...(language && { language }),
  }
}

/** Reads the language tag in which a Studio flow speaks; undefined where it leaves that to the caller's. */
export function parseSpokenLanguage(event: RuntimeEvent): string | undefined {
  const tag = text(event, 'Language')
  return tag && /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(tag) ? tag : undefined
}

/** Reads what a recording's status callback tells; undefined unless the recording is there to be heard. */
export function parseRecording(event: RuntimeEvent): string | undefined {
  const status = text(event, 'RecordingStatus')?.toLowerCase() ?? 'completed'
  return status === 'completed' ? parseCallerInput(event).recordingSid : undefined
}

/**
 * Reads a call's CallSid.
 *
 * @throws CM_PAYLOAD_INVALID
 */
export function parseCallSid(event: RuntimeEvent): string {
  const callSid = text(event, 'CallSid')
  if (callSid && /^CA[0-9a-f]{32}$/i.test(callSid)) return callSid
  throw new CallerMemoryError('CM_PAYLOAD_INVALID', 'CallSid: expected CA and 32 hex digits')
}

/** Reads a word that this kit put into the URL itself; undefined for any other. */
export function parseWord<Word extends string>(
  event: RuntimeEvent,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = text(event, name)
  return words.find((word) => word === value)
}

/** How long a call has waited in its queue, in seconds. */
export function parseQueueSeconds(event: RuntimeEvent): number {
  const seconds = Number(text(event, 'QueueTime') ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0
}

// TWILIO: the results that an <Enqueue> reports to its action (TwiML reference, read 2026-11). Not here: `error`,
// `system-error`, `queue-full` and `leave`, after which nobody has helped the caller.
const QUEUE_ENDS: Readonly<Record<string, AfterQueue>> = {
  bridged: 'helped',
  'bridging-in-process': 'helped',
  hangup: 'gone',
  redirected: 'gone',
  'redirected-from-bridged': 'gone',
}

/** Reads how a wait in a queue ended; undefined when the webhook is not about that. */
export function parseQueueEnd(event: RuntimeEvent): AfterQueue | undefined {
  const result = text(event, 'QueueResult')
  if (result !== undefined) return QUEUE_ENDS[result.toLowerCase()] ?? 'failed'
  return parseWord(event, 'after', ['queue']) && 'failed'
}

/** Reads a counter that this kit put into the URL itself; 0 when it is absent or no small number. */
export function parseCount(event: RuntimeEvent, name: string): number {
  const value = text(event, name) ?? ''
  return /^\d{1,3}$/.test(value) ? Number(value) : 0
}

/** A call that is over, as Twilio's status callback describes it. */
export interface EndedCall {
  readonly callSid: string
  readonly ani: Ani
  readonly durationSeconds: number
}

// TWILIO: the call states after which no further status follows.
const FINAL_STATES: ReadonlySet<string> = new Set(['completed', 'busy', 'failed', 'no-answer', 'canceled'])

/**
 * Reads a status callback. Undefined while the call is not over.
 *
 * @throws CM_PAYLOAD_INVALID without a CallSid.
 */
export function parseEndedCall(event: RuntimeEvent): EndedCall | undefined {
  const callSid = parseCallSid(event)
  if (!FINAL_STATES.has(text(event, 'CallStatus') ?? '')) return undefined
  const seconds = Number(text(event, 'CallDuration') ?? 0)
  const durationSeconds = Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds) : 0
  return { callSid, ani: parseCaller(event), durationSeconds }
}

/** The calling number as the network presents it, for an agent to see; empty when nothing was sent. */
export function parseNumberShown(event: RuntimeEvent): string {
  return text(event, remoteParty(event)) ?? ''
}

/** The person on the line, whoever called whom. */
export function parseCaller(event: RuntimeEvent): Ani {
  return parseAni(text(event, remoteParty(event)))
}

/** The person is `To` on a call that we placed, `From` on every other. */
function remoteParty(event: RuntimeEvent): 'From' | 'To' {
  return text(event, 'Direction')?.startsWith('outbound') ? 'To' : 'From'
}

function text(event: RuntimeEvent, name: string): string | undefined {
  const value = event[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
