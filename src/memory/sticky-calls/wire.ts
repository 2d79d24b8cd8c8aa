import { levelOf, recommendationOf } from '../../caller/confidence.ts'
import type {
  Candidate,
  EndCallRequest,
  Identity,
  OpenIntent,
  StartCallRequest,
  Telco,
  Variable,
} from '../../contract.ts'
import { CallerMemoryError } from '../../errors.ts'
import type { CallHints, CallReceipt, CallRecord, CallerContext } from '../caller-memory.ts'

/** Body of `POST /v1/calls/start` for these hints, with as much of the network's word as the memory understands. */
export function startBody(hints: CallHints, understands: 'line-type' | 'all'): StartCallRequest {
  const { callSid, ani, dnis, externalIds } = hints
  const telco = telcoOf(hints, understands)
  return {
    call_id: callSid,
    identity_hints: {
      ...(ani && { ani }),
      ...(dnis && { dnis }),
      ...(externalIds && { external_ids: externalIds }),
    },
    ...(Object.keys(telco).length > 0 && { telco }),
  }
}

function telcoOf({ lineType, attestation, forwarded }: CallHints, understands: 'line-type' | 'all'): Telco {
  const line = lineType ? { line_type: lineType } : {}
  if (understands === 'line-type') return line
  return { ...line, ...(attestation && { attestation }), ...(forwarded && { forwarded }) }
}

/** Body of `POST /v1/calls/end` for this record. */
export function endBody(record: CallRecord): EndCallRequest {
  const { callSid, customerRef, ani, intent, intentStatus, variables } = record
  const who = customerRef ? { customer_ref: customerRef } : { identity_hints: { ...(ani && { ani }) } }
  return {
    call_id: callSid,
    ...who,
    ...(intent !== undefined && { intent }),
    ...(intentStatus !== undefined && { intent_status: intentStatus }),
    variables,
  }
}

/**
 * Reads the answer of a start. What is optional in the API may be missing or malformed and is then left out;
 * without a customer and a confidence there is no answer.
 *
 * @throws CM_MEMORY_GARBLED
 */
export function readStartAnswer(body: unknown): CallerContext {
  const answer = asRecord(body)
  const candidates = asList(answer['candidates']).flatMap(readCandidate)
  return {
    customerRef: customerRefOf(answer),
    identity: readIdentity(asRecord(answer['identity'])),
    openIntents: asList(answer['open_intents']).flatMap(readIntent),
    variables: Object.fromEntries(Object.entries(asOptional(answer['variables'])).flatMap(readVariable)),
    ...(candidates.length > 0 && { candidates }),
  }
}

/**
 * Reads the answer of an end.
 *
 * @throws CM_MEMORY_GARBLED
 */
export function readEndAnswer(body: unknown): CallReceipt {
  return { customerRef: customerRefOf(asRecord(body)) }
}

type Fields = Readonly<Record<string, unknown>>

function garbled(where: string): CallerMemoryError {
  return new CallerMemoryError('CM_MEMORY_GARBLED', `the memory's answer is not its API: ${where}`)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asRecord(value: unknown): Fields {
  if (!isFields(value)) throw garbled('an object was expected')
  return value
}

function asOptional(value: unknown): Fields {
  return isFields(value) ? value : {}
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function customerRefOf(answer: Fields): string {
  const reference = answer['customer_ref']
  if (typeof reference !== 'string' || !/^[\w.:-]{1,128}$/.test(reference)) throw garbled('customer_ref')
  return reference
}

function readIdentity(identity: Fields): Identity {
  const confidence = identity['confidence']
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) {
    throw garbled('identity.confidence')
  }
  const sources = asList(identity['sources']).filter((source) => typeof source === 'string')
  // Level and recommendation are functions of the confidence; deriving them spares us an answer that
  // contradicts itself.
  return {
    confidence,
    level: levelOf(confidence),
    sources,
    recommendation: recommendationOf(confidence),
  }
}

function readCandidate(entry: unknown): readonly Candidate[] {
  const { customer_ref: reference, confidence, last_contact_at: lastContact } = asOptional(entry)
  const isReference = typeof reference === 'string' && /^[\w.:-]{1,128}$/.test(reference)
  if (!isReference || typeof confidence !== 'number' || typeof lastContact !== 'string') return []
  return [{ customer_ref: reference, confidence, last_contact_at: lastContact }]
}

function readIntent(entry: unknown): readonly OpenIntent[] {
  const { intent, status = 'open', attempt_count: attempts = 1 } = asOptional(entry)
  if (typeof intent !== 'string' || intent === '' || status !== 'open') return []
  return [{ intent, status, attempt_count: typeof attempts === 'number' ? attempts : 1 }]
}

function readVariable([name, entry]: readonly [string, unknown]): readonly (readonly [string, Variable])[] {
  const { value, source = null, ttl_seconds: ttl = 0 } = asOptional(entry)
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return []
  const variable: Variable = {
    value: String(value),
    source: typeof source === 'string' ? source : null,
    ttl_seconds: typeof ttl === 'number' ? ttl : 0,
  }
  return [[name, variable]]
}
