/** Why a request was not answered: not allowed, not possible now, or wrong as it was sent. */
export type AskFailure = 'denied' | 'unavailable' | 'refused'

/** What came of a request. */
export type Asked<Answer> =
  | { readonly answer: Answer }
  | {
      readonly failure: AskFailure
      /** The code of the fault, where the server named one. */ readonly code: string
    }

/** Asks the Functions, as the agent who is logged in. */
export interface FunctionsClient {
  readonly ask: <Answer>(
    name: 'caller-context' | 'save-context' | 'correct-caller',
    fields: Readonly<Record<string, string>>,
    timeoutMs?: number,
  ) => Promise<Asked<Answer>>
}

/** What a client is made of. */
export interface FunctionsClientOptions {
  /** Origin of the Functions; undefined when none is set, so that every request fails as unavailable. */
  readonly origin: string | undefined
  /** The agent's token, read at every request: Flex renews it. */
  readonly token: () => string
  readonly fetch: typeof fetch
}

const TIMEOUT_MS = 9_000

/**
 * Creates a client. The token travels in a form field, so that the browser needs not ask first (no preflight).
 * Never throws, never waits longer than the time limit.
 */
export function createFunctionsClient({
  origin,
  token,
  fetch: send,
}: FunctionsClientOptions): FunctionsClient {
  return {
    ask: async <Answer>(
      name: string,
      fields: Readonly<Record<string, string>>,
      timeoutMs = TIMEOUT_MS,
    ): Promise<Asked<Answer>> => {
      if (origin === undefined) return { failure: 'unavailable', code: 'no_functions_domain' }
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(), timeoutMs)
      try {
        const response = await send(`${origin}/${name}`, {
          method: 'POST',
          body: new URLSearchParams({ ...fields, Token: token() }),
          signal: abort.signal,
        })
        const body: unknown = await response.json().catch(() => undefined)
        if (response.ok && typeof body === 'object' && body !== null) return { answer: body as Answer }
        return { failure: failureOf(response.status), code: codeOf(body, response.status) }
      } catch {
        return { failure: 'unavailable', code: 'network' }
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

function failureOf(status: number): AskFailure {
  if (status === 401 || status === 403) return 'denied'
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'unavailable'
}

function codeOf(body: unknown, status: number): string {
  if (typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string') {
    return body.error.slice(0, 60)
  }
  return String(status)
}
