import { type Clock, type Deadline, startDeadline } from '../../clock.ts'
import { CallerMemoryError, type ErrorCode } from '../../errors.ts'
import type { CallerMemory } from '../caller-memory.ts'
import type { CircuitBreaker } from '../circuit-breaker.ts'
import { isHosted } from './hosted.ts'
import { type HttpAnswer, type RequestToMemory, sendRequest } from './send-request.ts'
import { endBody, readEndAnswer, readStartAnswer, startBody } from './wire.ts'

export interface StickyCallsOptions {
  /** Address of the API without a trailing slash: the hosted service or the self-hosted memory server. */
  readonly baseUrl: string
  readonly apiKey: string
  /** For the whole operation, the retry included. */
  readonly timeoutMs: number
  readonly breaker: CircuitBreaker
  readonly clock: Clock
}

// A retry that waits longer than this would be heard as a pause.
const LONGEST_RETRY_AFTER_MS = 300

/** Sends a request to the API and reads its answer. */
export type StickyCallsSender = <T>(
  method: RequestToMemory['method'],
  path: string,
  body: object | undefined,
  read: (answer: unknown) => T,
) => Promise<T>

/**
 * Makes what every request to the Sticky Calls API goes through.
 *
 * One deadline covers everything. One immediate retry follows a failed connection, 502, 503, and 429 with a
 * short `Retry-After`; a hung memory is not asked twice. All operations are idempotent, so the retry is safe.
 */
export function createSender(options: StickyCallsOptions): StickyCallsSender {
  return async (method, path, body, read) => {
    if (!options.breaker.allows()) {
      throw new CallerMemoryError('CM_MEMORY_UNAVAILABLE', 'the memory failed several times in a row')
    }
    const deadline = startDeadline(options.clock, options.timeoutMs)
    const request = { method, url: `${options.baseUrl}${path}`, apiKey: options.apiKey, deadline }
    const json = body === undefined ? {} : { json: JSON.stringify(body) }
    const attempt = async (): Promise<ReturnType<typeof read>> =>
      read(parse(await sendRequest({ ...request, ...json })))
    return guarded(options.breaker, () => withOneRetry(attempt, deadline))
  }
}

/** The caller memory behind the Sticky Calls API. */
export function createStickyCallsMemory(options: StickyCallsOptions): CallerMemory {
  const send = createSender(options)
  const telco = isHosted(options.baseUrl) ? 'line-type' : 'all'
  return {
    startCall: (hints) => send('POST', '/v1/calls/start', startBody(hints, telco), readStartAnswer),
    endCall: (record) => send('POST', '/v1/calls/end', endBody(record), readEndAnswer),
  }
}

async function guarded<T>(breaker: CircuitBreaker, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    breaker.succeeded()
    return result
  } catch (error) {
    // A refusal (401, 402, 409) is an answer: it comes at once and says that the memory is up.
    if (error instanceof CallerMemoryError && !error.retryable) breaker.succeeded()
    else breaker.failed()
    throw error
  }
}

async function withOneRetry<T>(attempt: () => Promise<T>, deadline: Deadline): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    const waitMs = retryDelayMs(error)
    if (waitMs === undefined || waitMs >= deadline.remainingMs()) throw error
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    return attempt()
  }
}

function retryDelayMs(error: unknown): number | undefined {
  if (!(error instanceof CallerMemoryError)) return undefined
  const { code, facts } = error
  if (code === 'CM_MEMORY_RATE_LIMITED') {
    const wait = facts.retryAfterMs
    return wait !== undefined && wait <= LONGEST_RETRY_AFTER_MS ? wait : undefined
  }
  const transient = facts.upstreamStatus === undefined || [502, 503].includes(facts.upstreamStatus)
  return code === 'CM_MEMORY_UNAVAILABLE' && transient ? 0 : undefined
}

const REFUSALS: Readonly<Record<number, ErrorCode>> = {
  400: 'CM_MEMORY_REJECTED',
  401: 'CM_MEMORY_UNAUTHORIZED',
  402: 'CM_MEMORY_QUOTA',
  403: 'CM_MEMORY_UNAUTHORIZED',
  404: 'CM_MEMORY_REJECTED',
  409: 'CM_MEMORY_CONFLICT',
  410: 'CM_MEMORY_REJECTED',
  413: 'CM_MEMORY_REJECTED',
  422: 'CM_MEMORY_REJECTED',
  429: 'CM_MEMORY_RATE_LIMITED',
}

function parse({ status, body, retryAfterSeconds }: HttpAnswer): unknown {
  if (status < 200 || status >= 300) throw refusal(status, retryAfterSeconds)
  try {
    return JSON.parse(body)
  } catch {
    throw new CallerMemoryError('CM_MEMORY_GARBLED', "the memory's answer is no JSON")
  }
}

function refusal(status: number, retryAfterSeconds: number | undefined): CallerMemoryError {
  const fallback: ErrorCode = status >= 500 ? 'CM_MEMORY_UNAVAILABLE' : 'CM_MEMORY_GARBLED'
  return new CallerMemoryError(REFUSALS[status] ?? fallback, `the memory answered ${status}`, {
    upstreamStatus: status,
    ...(retryAfterSeconds !== undefined && { retryAfterMs: retryAfterSeconds * 1000 }),
  })
}
