import { CallerMemoryError } from '../../../src/errors.ts'

/** Where the stand-in for Twilio's REST API is, and what lets one in. */
export interface LocalApi {
  readonly twilioApiUrl: string
  readonly accountSid: string
  readonly authToken: string
}

/** The header that the API asks for. */
export function basicAuth({ accountSid, authToken }: Omit<LocalApi, 'twilioApiUrl'>): string {
  return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
}

const TIMEOUT_MS = 5_000

/**
 * Sends a JSON or form body to the API and answers its JSON; undefined for a refusal (4xx).
 *
 * @throws CM_LOCAL_SYSTEM when the API is away or fails.
 */
export async function post(api: LocalApi, path: string, body: URLSearchParams | object): Promise<unknown> {
  const isForm = body instanceof URLSearchParams
  const headers = {
    authorization: basicAuth(api),
    ...(!isForm && { 'content-type': 'application/json' }),
  }
  const answer = await fetch(`${api.twilioApiUrl}${path}`, {
    method: 'POST',
    headers,
    body: isForm ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined)
  if (!answer || answer.status >= 500) throw away()
  if (answer.status >= 400) return undefined
  return answer.status === 204 ? {} : await answer.json()
}

/** Lines of JSON that come as long as the connection lasts. */
export interface Lines {
  readonly status: number
  /** Ends when either side closes. */
  readonly lines: AsyncIterable<unknown>
  readonly close: () => void
}

/**
 * Opens a stream of lines.
 *
 * @throws CM_LOCAL_SYSTEM when the API is away.
 */
export async function openLines(api: LocalApi, path: string, body?: object): Promise<Lines> {
  const abort = new AbortController()
  const answer = await fetch(`${api.twilioApiUrl}${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: basicAuth(api), ...(body && { 'content-type': 'application/json' }) },
    signal: abort.signal,
  }).catch(() => undefined)
  if (!answer?.body) throw away()
  return { status: answer.status, lines: readLines(answer.body), close: () => abort.abort() }
}

function away(): CallerMemoryError {
  return new CallerMemoryError('CM_LOCAL_SYSTEM', 'the local system does not answer; is it still running?')
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncIterable<unknown> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of body) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) yield JSON.parse(part) as unknown
    }
  } catch {
    // Either side has closed: the stream is over.
  }
}
