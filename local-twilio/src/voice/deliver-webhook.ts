import type { Call } from './call.ts'
import { emit } from './call.ts'
import type { ConnectionOverrides } from './connection-overrides.ts'
import { parseConnectionOverrides } from './connection-overrides.ts'
import type { HttpMethod, Params, TwilioError, WebhookEvent, WebhookPurpose } from './events.ts'
import { isTwimlType } from './media-type.ts'
import type { CallStatus } from './request-params.ts'
import { standardParams } from './request-params.ts'
import { newSid } from '../sid.ts'
import type { Exchange } from './signed-request.ts'
import { sendSigned, withoutFragment } from './signed-request.ts'

/** A webhook to send. */
export interface WebhookRequest {
  readonly purpose: WebhookPurpose
  readonly url: string
  readonly method: HttpMethod
  /** What the verb or the event adds to the standard parameters. */
  readonly params: Params
  /** Overrides the call's current state, once it has ended. */
  readonly callStatus?: CallStatus
}

/** The server's last word. A 4xx or 5xx is an answer too. */
export type WebhookAnswer =
  | {
      readonly kind: 'answered'
      /** Where the answer came from, after redirects: what its relative URLs refer to. */
      readonly url: string
      readonly status: number
      readonly contentType: string | null
      readonly body: string
      readonly oversized: boolean
    }
  | { readonly kind: 'failed'; readonly error: TwilioError }

type Answered = Extract<Exchange, { kind: 'answered' }>

interface Delivery {
  readonly call: Call
  readonly request: WebhookRequest
  readonly overrides: ConnectionOverrides
  readonly signal: AbortSignal
  readonly idempotencyToken: string
  retriesLeft: number
}

interface Hop {
  readonly url: string
  readonly method: HttpMethod
  readonly params: Params
}

/**
 * Sends a webhook the way Twilio does: signed, within the time that its connection overrides and Twilio's hard limit
 * allow, retried only where the overrides say so, following HTTP redirects. Every request on the wire is an event.
 */
export async function deliverWebhook(call: Call, request: WebhookRequest): Promise<WebhookAnswer> {
  const overrides = parseConnectionOverrides(request.url, call.limits.webhookTimeoutMs)
  const delivery: Delivery = {
    call,
    request,
    overrides,
    signal: AbortSignal.timeout(overrides.totalTimeoutMs),
    // TWILIO: whether retries repeat the token is not documented; the same one lets a server see a repetition.
    // (observed 2026-11)
    idempotencyToken: newSid(''),
    retriesLeft: overrides.retryCount,
  }
  let hop: Hop = { url: request.url, method: request.method, params: allParams(call, request) }
  for (let hops = 0; ; hops += 1) {
    if (!isFetchable(hop.url)) return failed(hop.url, 11100, 'the URL is not valid')
    const exchange = await exchangeWithRetries(delivery, hop)
    if (exchange.kind === 'unanswered') return failed(hop.url, exchange.code, exchange.reason)
    if (!isRedirect(exchange.status)) return { ...exchange, url: hop.url }
    if (hops >= call.limits.maxRedirects) return failed(hop.url, 11215, 'too many HTTP redirects')
    if (exchange.location === null) return failed(hop.url, 11200, 'an HTTP redirect leads nowhere')
    hop = followRedirect(hop, exchange.status, exchange.location)
  }
}

/** The path of a URL, for events. Its query is left out: it may hold secrets. */
export function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : '(not a URL)'
}

function allParams(call: Call, request: WebhookRequest): Params {
  const status = request.callStatus ?? (call.state.answered ? 'in-progress' : 'ringing')
  return { ...standardParams(call.options, status, request.method), ...request.params }
}

async function exchangeWithRetries(delivery: Delivery, hop: Hop): Promise<Exchange> {
  const { call, overrides, request } = delivery
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = call.options.clock().getTime()
    const exchange = await sendSigned(
      { ...hop, authToken: call.options.authToken, idempotencyToken: delivery.idempotencyToken },
      { ...overrides, maxBodyBytes: call.limits.maxTwimlBytes, signal: delivery.signal },
    )
    const elapsedMs = call.options.clock().getTime() - startedAt
    emit(call, describeExchange(request.purpose, hop, attempt, elapsedMs, exchange))
    if (!mayRetry(delivery, exchange)) return exchange
    delivery.retriesLeft -= 1
  }
}

function mayRetry({ retriesLeft, signal, overrides }: Delivery, exchange: Exchange): boolean {
  if (retriesLeft === 0 || signal.aborted) return false
  const cause = exchange.kind === 'unanswered' ? exchange.cause : causeOfStatus(exchange.status)
  return cause !== undefined && overrides.retryOn.includes(cause)
}

function causeOfStatus(status: number): '4xx' | '5xx' | undefined {
  if (status >= 500) return '5xx'
  return status >= 400 ? '4xx' : undefined
}

function describeExchange(
  purpose: WebhookPurpose,
  hop: Hop,
  attempt: number,
  elapsedMs: number,
  exchange: Exchange,
): WebhookEvent {
  const shared = { kind: 'webhook', purpose, path: pathOf(hop.url), attempt, elapsedMs } as const
  const asked = { method: hop.method, request: hop.params }
  if (exchange.kind === 'unanswered') {
    return { ...shared, ...asked, status: null, contentType: null, failure: exchange.reason }
  }
  return {
    ...shared,
    ...asked,
    status: exchange.status,
    contentType: exchange.contentType,
    ...(holdsTwiml(exchange) && { twiml: exchange.body }),
  }
}

function holdsTwiml(exchange: Answered): boolean {
  return exchange.body !== '' && isTwimlType(exchange.contentType)
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** As a browser does: 307 and 308 repeat the request, the others ask anew with a GET that carries no form. */
function followRedirect(hop: Hop, status: number, location: string): Hop {
  const url = URL.canParse(location, withoutFragment(hop.url))
    ? new URL(location, withoutFragment(hop.url)).href
    : location
  return status === 307 || status === 308 ? { ...hop, url } : { url, method: 'GET', params: {} }
}

function isFetchable(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol)
}

function failed(url: string, code: number, reason: string): WebhookAnswer {
  return { kind: 'failed', error: { code, path: pathOf(url), reason } }
}
