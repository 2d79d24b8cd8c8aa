import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks'
import type { HttpMethod, Params } from './events.ts'

/** One HTTP request, ready to be signed and sent. */
export interface SignedRequest {
  readonly url: string
  readonly method: HttpMethod
  /** Sent as a form by POST, appended to the query by GET. */
  readonly params: Params
  readonly authToken: string
  readonly idempotencyToken: string
}

/** How far one request may go. */
export interface RequestBounds {
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  readonly maxBodyBytes: number
  /** Aborts when the webhook as a whole has used up its time. */
  readonly signal: AbortSignal
}

/** What became of one request. */
export type Exchange =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly contentType: string | null
      readonly location: string | null
      readonly body: string
      /** Whether the body went over the limit; it is cut there. */
      readonly oversized: boolean
    }
  | {
      readonly kind: 'unanswered'
      /** Which of Twilio's retry policies covers it: connecting (`ct`) or waiting for the answer (`rt`). */
      readonly cause: 'ct' | 'rt'
      readonly code: number
      readonly reason: string
    }

/** The URL without its fragment, which is neither sent nor signed. */
export function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '')
}

/** The URL with parameters in its query, as Twilio sends a GET. */
export function withQuery(url: string, params: Params): string {
  const query = new URLSearchParams(params).toString()
  if (query === '') return url
  return `${url}${url.includes('?') ? '&' : '?'}${query}`
}

/**
 * Sends one webhook, signed like Twilio's: over the exact URL without its fragment and, for a POST, the sorted form.
 * Never rejects: a server that does not answer is an outcome. Follows no redirect and retries nothing.
 */
export function sendSigned(request: SignedRequest, bounds: RequestBounds): Promise<Exchange> {
  const isGet = request.method === 'GET'
  const bare = withoutFragment(request.url)
  const url = isGet ? withQuery(bare, request.params) : bare
  const body = isGet ? '' : new URLSearchParams(request.params).toString()
  const options: RequestOptions = {
    ...addressOf(url),
    method: request.method,
    agent: false,
    headers: {
      accept: '*/*',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': getExpectedTwilioSignature(request.authToken, url, isGet ? {} : request.params),
      'i-twilio-idempotency-token': request.idempotencyToken,
      ...(!isGet && {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'content-length': Buffer.byteLength(body),
      }),
    },
  }
  return new Promise((resolve) => exchange(options, body, bounds, resolve))
}

/** The request's address. The path keeps the characters that were signed, unless HTTP cannot carry them. */
function addressOf(url: string): RequestOptions {
  const parsed = new URL(url)
  const raw = /^[a-z]+:\/\/[^/?]*(.*)$/i.exec(url)?.[1] ?? ''
  const path = /^[\x21-\x7e]+$/.test(raw) ? raw : `${parsed.pathname}${parsed.search}`
  const credentials = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`
  return {
    protocol: parsed.protocol,
    // An IPv6 address stands in brackets in a URL, without them in a socket.
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port,
    path: path.startsWith('/') ? path : `/${path}`,
    ...(credentials !== ':' && { auth: credentials }),
  }
}

function exchange(
  options: RequestOptions,
  body: string,
  bounds: RequestBounds,
  settle: (outcome: Exchange) => void,
): void {
  const send = options.protocol === 'https:' ? requestHttps : requestHttp
  const outgoing = send(options)
  let cause: 'ct' | 'rt' = 'ct'
  let timer = setTimeout(() => finish(timedOut(cause)), bounds.connectTimeoutMs)
  const abort = (): void => finish(timedOut(cause))
  const finish = (outcome: Exchange): void => {
    clearTimeout(timer)
    bounds.signal.removeEventListener('abort', abort)
    settle(outcome)
    outgoing.destroy()
  }
  outgoing.on('error', (error) => finish(broken(cause, error)))
  bounds.signal.addEventListener('abort', abort)
  if (bounds.signal.aborted) return abort()
  onConnected(outgoing, () => {
    cause = 'rt'
    clearTimeout(timer)
    timer = setTimeout(abort, bounds.readTimeoutMs)
  })
  outgoing.on('response', (incoming) => readAnswer(incoming, bounds.maxBodyBytes, finish))
  outgoing.end(body)
}

/** Over TLS, connected means that the handshake is done: Twilio counts its failure as failing to connect. */
function onConnected(outgoing: ClientRequest, connected: () => void): void {
  outgoing.on('socket', (socket) => {
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected)
  })
}

function readAnswer(
  incoming: IncomingMessage,
  maxBodyBytes: number,
  finish: (outcome: Exchange) => void,
): void {
  const chunks: Buffer[] = []
  let bytes = 0
  const contentType = incoming.headers['content-type'] ?? null
  const answered = (oversized: boolean): void =>
    finish({
      kind: 'answered',
      status: incoming.statusCode ?? 0,
      contentType,
      location: incoming.headers.location ?? null,
      body: Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8'),
      oversized,
    })
  // Audio is played, not read: its length does not matter and its bytes are not needed.
  if (contentType?.toLowerCase().startsWith('audio/')) return answered(false)
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBodyBytes) answered(true)
  })
  incoming.on('end', () => answered(false))
  incoming.on('error', (error) => finish(broken('rt', error)))
}

function timedOut(cause: 'ct' | 'rt'): Exchange {
  const reason = cause === 'ct' ? 'no connection in time' : 'no answer in time'
  return { kind: 'unanswered', cause, code: 11205, reason }
}

function broken(cause: 'ct' | 'rt', error: NodeJS.ErrnoException): Exchange {
  const code = error.code ?? ''
  if (cause === 'rt') return { kind: 'unanswered', cause, code: 11200, reason: 'the connection broke off' }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { kind: 'unanswered', cause, code: 11210, reason: 'the host name is unknown' }
  }
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code)) {
    return { kind: 'unanswered', cause, code: 11220, reason: 'the TLS handshake failed' }
  }
  const reason = code === 'ECONNREFUSED' ? 'the connection was refused' : 'the connection failed'
  return { kind: 'unanswered', cause, code: 11205, reason }
}
