import type { Call } from './call.ts'
import type { WebhookAnswer, WebhookRequest } from './deliver-webhook.ts'
import { deliverWebhook, pathOf } from './deliver-webhook.ts'
import type { TwilioError } from './events.ts'
import { sortMediaType } from './media-type.ts'
import type { TwimlElement } from './parse-twiml.ts'
import { parseTwiml } from './parse-twiml.ts'

/** What a call can do with the answer to a webhook. */
export type Fetched =
  | { readonly kind: 'twiml'; readonly url: string; readonly response: TwimlElement }
  | { readonly kind: 'audio'; readonly url: string }
  | { readonly kind: 'failed'; readonly error: TwilioError }

/** Asks the application for its next instructions. Every way in which it can fail has Twilio's own error code. */
export async function fetchTwiml(call: Call, request: WebhookRequest): Promise<Fetched> {
  const answer = await deliverWebhook(call, request)
  return answer.kind === 'failed' ? answer : readAnswer(answer)
}

function readAnswer(answer: Extract<WebhookAnswer, { kind: 'answered' }>): Fetched {
  const fail = (code: number, reason: string): Fetched => ({
    kind: 'failed',
    error: { code, path: pathOf(answer.url), reason },
  })
  if (answer.status < 200 || answer.status > 299) return fail(11200, `HTTP status ${answer.status}`)
  if (answer.oversized) return fail(11750, 'the document is too large')
  // TWILIO: what an empty answer without a media type counts as is not documented; both codes end the call.
  // (observed 2026-11)
  if (answer.contentType === null && answer.body === '') return fail(12100, 'the document is empty')
  switch (sortMediaType(answer.contentType)) {
    case 'audio':
      return { kind: 'audio', url: answer.url }
    case 'unusable':
      return fail(12300, `the media type is ${mediaTypeName(answer.contentType)}, not TwiML or audio`)
    case 'twiml': {
      const parsed = parseTwiml(answer.body)
      if (parsed.kind === 'malformed') return fail(12100, parsed.reason)
      return { kind: 'twiml', url: answer.url, response: parsed.response }
    }
  }
}

/** The media type for a message. A header is the server's text, so only what looks like one is repeated. */
function mediaTypeName(contentType: string | null): string {
  return /^[\w.+-]{1,40}\/[\w.+-]{1,40}/.exec(contentType ?? '')?.[0] ?? 'missing'
}
