import axios, { AxiosError } from 'axios'
import type { Deadline } from '../../clock.ts'
import { CallerMemoryError } from '../../errors.ts'

/** An HTTP answer as text: reading it is the caller's business. */
export interface HttpAnswer {
  readonly status: number
  readonly body: string
  /** Seconds, where the answer names them. */
  readonly retryAfterSeconds?: number
}

export interface RequestToMemory {
  readonly method: 'POST' | 'GET' | 'DELETE'
  readonly url: string
  readonly apiKey: string
  /** The body; absent for a request without one. */
  readonly json?: string
  readonly deadline: Deadline
}

// A start answer holds at most 64 variables of 4 kB; a proxy's error page or a wrong host may send more.
const MAX_ANSWER_BYTES = 512 * 1024

/**
 * Sends one request to the memory. The only place that touches axios: its errors carry the request with
 * the bearer key and the caller's number (measured 2026-11), so none of them leaves this file.
 *
 * @throws CM_MEMORY_TIMEOUT when the deadline passes at any stage, CM_MEMORY_GARBLED when the answer is too
 *   long, CM_MEMORY_UNAVAILABLE when the connection fails.
 */
export async function sendRequest(request: RequestToMemory): Promise<HttpAnswer> {
  const { method, url, apiKey, json, deadline } = request
  try {
    const answer = await axios.request<string>({
      method,
      url,
      ...(json !== undefined && { data: json }),
      headers: {
        Authorization: `Bearer ${apiKey}`,
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
      },
      signal: AbortSignal.timeout(Math.max(1, deadline.remainingMs())),
      responseType: 'text',
      transformResponse: (text: string) => text,
      validateStatus: () => true,
      maxContentLength: MAX_ANSWER_BYTES,
      maxRedirects: 0,
    })
    const retryAfter = Number(answer.headers['retry-after'] ?? Number.NaN)
    return {
      status: answer.status,
      body: answer.data,
      ...(retryAfter >= 0 && { retryAfterSeconds: retryAfter }),
    }
  } catch (error) {
    throw asMemoryFault(error)
  }
}

const LATE: ReadonlySet<unknown> = new Set([
  AxiosError.ERR_CANCELED,
  AxiosError.ECONNABORTED,
  AxiosError.ETIMEDOUT,
])

function asMemoryFault(error: unknown): CallerMemoryError {
  const code = error instanceof AxiosError ? error.code : undefined
  if (LATE.has(code)) return new CallerMemoryError('CM_MEMORY_TIMEOUT', 'the memory did not answer in time')
  if (code === AxiosError.ERR_BAD_RESPONSE) {
    return new CallerMemoryError('CM_MEMORY_GARBLED', 'the memory answered more than its API allows')
  }
  return new CallerMemoryError('CM_MEMORY_UNAVAILABLE', 'the connection to the memory failed')
}
