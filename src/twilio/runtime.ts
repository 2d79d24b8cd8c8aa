import type { Twilio } from 'twilio'

/** The response object of Twilio's runtime. */
export interface RuntimeResponse {
  setStatusCode: (status: number) => unknown
  setBody: (body: string) => unknown
  appendHeader: (name: string, value: string) => unknown
}

/** What the runtime hands to a function: the environment variables, and a client for Twilio's REST API. */
export interface RuntimeContext {
  readonly getTwilioClient?: (options?: object) => Twilio
  readonly [variable: string]: unknown
}

/** A webhook as the runtime hands it over: query and body parameters merged, plus `request`. */
export type RuntimeEvent = Readonly<Record<string, unknown>>

export type RuntimeCallback = (error: null, response: RuntimeResponse) => void

/** A function as the runtime calls it. It is not awaited: only the callback counts. */
export type RuntimeHandler = (
  context: RuntimeContext,
  event: RuntimeEvent,
  callback: RuntimeCallback,
) => Promise<void>

declare global {
  // The runtime puts its library into the global scope before it loads a function.
  var Twilio: { readonly Response: new () => RuntimeResponse }
}

/** What a function answers with. */
export interface Reply {
  readonly status: number
  readonly contentType?: string
  readonly body?: string
  /** Further headers, by name. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Builds the runtime's response.
 *
 * A TwiML object handed to the callback is recognised by `instanceof` and turns into JSON when two copies of
 * the library are loaded (measured 2026-11). A response with a string body cannot be misread.
 */
export function toRuntimeResponse({ status, contentType, body = '', headers = {} }: Reply): RuntimeResponse {
  const response = new globalThis.Twilio.Response()
  response.setStatusCode(status)
  if (contentType) response.appendHeader('Content-Type', contentType)
  for (const [name, value] of Object.entries(headers)) response.appendHeader(name, value)
  response.setBody(body)
  return response
}

/** A TwiML document as a reply. */
export function twimlReply(twiml: string): Reply {
  return { status: 200, contentType: 'text/xml', body: twiml }
}

/** A value as a JSON reply. Studio reads it as an object only with this content type. */
export function jsonReply(value: object): Reply {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(value) }
}
