import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { validateRequest } from 'twilio/lib/webhooks/webhooks'
import { systemClock } from '../../../src/clock.ts'
import type { CallOptions } from '../../../local-twilio/src/voice/call-options.ts'
import type { CallerAction } from '../../../local-twilio/src/voice/caller.ts'
import { scriptedCaller } from '../../../local-twilio/src/voice/caller.ts'
import type { CallEvent, CallResult, Params } from '../../../local-twilio/src/voice/events.ts'
import { placeCall } from '../../../local-twilio/src/voice/place-call.ts'

/** A request as the application saw it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: Params
  readonly params: Params
  readonly headers: IncomingMessage['headers']
  readonly signed: boolean
}

/** An answer: the body of a TwiML document (what stands inside `<Response>`), or anything else in full. */
export type Answer =
  | string
  | {
      readonly status?: number
      readonly contentType?: string | null
      readonly body?: string
      readonly location?: string
      readonly delayMs?: number
      /** Breaks the connection instead of answering. */
      readonly reset?: boolean
    }

export type Route = Answer | ((request: SeenRequest) => Answer)

/** A voice application on a real port. It checks every signature with the twilio library. */
export interface Application {
  readonly url: string
  readonly requests: readonly SeenRequest[]
  readonly seen: (path: string) => readonly SeenRequest[]
  readonly call: (options?: CallSetup) => Promise<CallResult>
  readonly close: () => Promise<void>
}

export type CallSetup = Partial<Omit<CallOptions, 'caller'>> & {
  readonly actions?: readonly CallerAction[]
  readonly caller?: CallOptions['caller']
}

export const AUTH_TOKEN = 'a-token-that-signs-only-in-tests'
export const CALLER = '+12025550142'
export const SUPPORT_LINE = '+12025550100'

/** Starts an application from its routes. The call starts at `/voice`. */
export async function startApplication(routes: Readonly<Record<string, Route>>): Promise<Application> {
  const requests: SeenRequest[] = []
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing, routes, requests)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    seen: (path) => requests.filter((request) => request.path === path),
    call: ({ actions = [], ...options } = {}) =>
      placeCall({
        voiceUrl: `${url}/voice`,
        from: CALLER,
        to: SUPPORT_LINE,
        callSid: `CA${'1'.repeat(32)}`,
        accountSid: `AC${'2'.repeat(32)}`,
        authToken: AUTH_TOKEN,
        caller: scriptedCaller(actions),
        clock: systemClock,
        ...options,
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Starts an application, places one call, and stops it. The setup may need the application's URL. */
export async function callOnce(
  routes: Readonly<Record<string, Route>>,
  setup: CallSetup | ((url: string) => CallSetup) = {},
): Promise<{ readonly result: CallResult; readonly requests: readonly SeenRequest[] }> {
  const application = await startApplication(routes)
  try {
    const result = await application.call(typeof setup === 'function' ? setup(application.url) : setup)
    return { result, requests: application.requests }
  } finally {
    await application.close()
  }
}

/** The events of one kind. */
export function eventsOf<Kind extends CallEvent['kind']>(
  result: CallResult,
  kind: Kind,
): readonly Extract<CallEvent, { kind: Kind }>[] {
  return result.events.filter((event): event is Extract<CallEvent, { kind: Kind }> => event.kind === kind)
}

/** The texts that the caller heard. */
export function heard(result: CallResult): readonly string[] {
  return eventsOf(result, 'say').map(({ text }) => text)
}

/** The codes of the application errors. */
export function errorCodes(result: CallResult): readonly number[] {
  return eventsOf(result, 'application-error').map(({ code }) => code)
}

/** The warnings, as text. */
export function warnings(result: CallResult): readonly string[] {
  return eventsOf(result, 'warning').map(({ code, reason }) => `${code} ${reason}`)
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  routes: Readonly<Record<string, Route>>,
  requests: SeenRequest[],
): Promise<void> {
  const request = await see(incoming)
  requests.push(request)
  const route = routes[request.path] ?? { status: 404, contentType: 'text/html', body: 'not found' }
  const given = typeof route === 'function' ? route(request) : route
  const reply = typeof given === 'string' ? { body: `<Response>${given}</Response>` } : given
  if (reply.delayMs) await sleep(reply.delayMs, undefined, { ref: false })
  if (reply.reset) return void incoming.socket.destroy()
  const contentType = reply.contentType === undefined ? 'text/xml' : reply.contentType
  outgoing.writeHead(reply.status ?? 200, {
    ...(contentType !== null && { 'content-type': contentType }),
    ...(reply.location !== undefined && { location: reply.location }),
  })
  outgoing.end(reply.body ?? '')
}

async function see(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const params = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
  const url = `http://${incoming.headers.host}${incoming.url}`
  const signature = String(incoming.headers['x-twilio-signature'])
  return {
    method: incoming.method ?? '',
    path: new URL(url).pathname,
    query: Object.fromEntries(new URL(url).searchParams),
    params,
    headers: incoming.headers,
    signed: validateRequest(AUTH_TOKEN, signature, url, params),
  }
}
