import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { within } from '../clock.ts'
import { CallerMemoryError } from '../errors.ts'
import { type createTwilioHttpClient, TWILIO_REQUEST_TIMEOUT_MS } from './rest-client.ts'

/** Whoever a Flex token vouches for. */
export interface FlexAgent {
  /** Absent for somebody who is no TaskRouter worker. */
  readonly workerSid?: string
  readonly roles: readonly string[]
}

/** Checks the tokens that Flex gives its users. */
export interface FlexTokens {
  /**
   * @throws CM_TOKEN_INVALID for a token that is none, wrong or expired.
   * @throws CM_TOKEN_UNVERIFIED when Twilio's token service does not say so within two seconds.
   */
  readonly check: (token: string) => Promise<FlexAgent>
}

export interface FlexTokensOptions {
  readonly httpClient: Pick<ReturnType<typeof createTwilioHttpClient>, 'request'>
  readonly accountSid: string
  readonly authToken: string
  readonly clock: Clock
  /** Shared by all checks of a warm container. */
  readonly cache: TokenCache
}

/** Good tokens of the last half minute, by their hash. */
export type TokenCache = Map<string, { readonly agent: FlexAgent; readonly until: number }>

const CACHE_MS = 30_000
const CACHE_SIZE = 500

/** Checks Flex tokens with Twilio, and remembers good ones for half a minute, never beyond their own end. */
export function createFlexTokens(options: FlexTokensOptions): FlexTokens {
  const { clock, cache } = options
  return {
    check: async (token) => {
      if (!/^[\x21-\x7e]{16,8192}$/.test(token)) throw invalid()
      const key = createHash('sha256').update(token).digest('hex')
      const known = cache.get(key)
      const now = clock().getTime()
      if (known && known.until > now) return known.agent
      const { agent, endsAt } = await ask(options, token)
      const oldest = cache.size >= CACHE_SIZE ? cache.keys().next().value : undefined
      if (oldest !== undefined) cache.delete(oldest)
      cache.set(key, { agent, until: Math.min(now + CACHE_MS, endsAt) })
      return agent
    },
  }
}

async function ask(
  { httpClient, accountSid, authToken }: FlexTokensOptions,
  token: string,
): Promise<{ readonly agent: FlexAgent; readonly endsAt: number }> {
  const work = httpClient.request<{ token: string }>({
    method: 'post',
    uri: `https://iam.twilio.com/v1/Accounts/${accountSid}/Tokens/validate`,
    username: accountSid,
    password: authToken,
    headers: { 'Content-Type': 'application/json' },
    data: { token },
    timeout: TWILIO_REQUEST_TIMEOUT_MS,
  })
  const answer = await within(TWILIO_REQUEST_TIMEOUT_MS, work, () => {
    throw unverified()
  }).catch(() => {
    throw unverified()
  })
  return readAnswer(answer.statusCode, answer.body)
}

// TWILIO: a token that is not good is answered 200 with valid false, a malformed one 400 or 403. A 401 says
// that our own credentials are wrong, which says nothing of the token (observed 2026-11).
const REFUSED: ReadonlySet<number> = new Set([400, 403, 404])

function readAnswer(status: number, body: unknown): { readonly agent: FlexAgent; readonly endsAt: number } {
  if (REFUSED.has(status)) throw invalid()
  const fields = typeof body === 'string' ? parse(body) : body
  if (status !== 200 || typeof fields !== 'object' || fields === null) throw unverified()
  const { valid, expiration } = fields as Record<string, unknown>
  if (valid !== true) throw valid === false ? invalid() : unverified()
  const endsAt = typeof expiration === 'string' ? Date.parse(expiration) : Number.NaN
  return { agent: agentOf(fields), endsAt: Number.isNaN(endsAt) ? Number.POSITIVE_INFINITY : endsAt }
}

function agentOf(fields: object): FlexAgent {
  const { worker_sid: workerSid, roles } = fields as Record<string, unknown>
  return {
    ...(typeof workerSid === 'string' && /^WK[0-9a-f]{32}$/i.test(workerSid) && { workerSid }),
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function invalid(): CallerMemoryError {
  return new CallerMemoryError('CM_TOKEN_INVALID', 'the Flex token is missing, wrong or expired')
}

function unverified(): CallerMemoryError {
  return new CallerMemoryError('CM_TOKEN_UNVERIFIED', 'the token service did not answer')
}
