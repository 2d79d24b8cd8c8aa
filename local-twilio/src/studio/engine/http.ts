import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks'

/** A request of a Run Function or Make HTTP Request widget, rendered. */
export interface FlowRequest {
  readonly widget: string
  /** `function` is signed and sent as a form; how Studio really calls a function is not documented. */
  readonly kind: 'function' | 'http'
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly contentType?: string
  readonly body: string
  /** The parameters of a function, for its signature. */
  readonly parameters: Readonly<Record<string, string>>
}

/** What became of a request. */
export type FlowAnswer =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly contentType: string
      readonly body: string
    }
  /** No usable answer: too late, too large, or the connection failed. */
  | { readonly kind: 'failed'; readonly why: 'timeout' | 'too-large' | 'unreachable' }

/** Carries requests of a flow to their servers. Never throws. */
export type FlowHttp = (request: FlowRequest) => Promise<FlowAnswer>

/** Studio's limits: 10 s, 64 kB. */
export const HTTP_LIMITS: { readonly timeoutMs: number; readonly maxBytes: number } = {
  timeoutMs: 10_000,
  maxBytes: 65_536,
}

export interface FlowHttpOptions {
  /** Signs requests to functions, as their `.protected` asks for. */
  readonly authToken?: string
  readonly timeoutMs?: number
  readonly maxBytes?: number
}

/** Sends requests over the network, within Studio's limits. */
export function createFlowHttp(options: FlowHttpOptions = {}): FlowHttp {
  const { authToken, timeoutMs = HTTP_LIMITS.timeoutMs, maxBytes = HTTP_LIMITS.maxBytes } = options
  return async (request) => {
    const { method, contentType, body } = request
    const { url, authorization } = splitCredentials(request.url)
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(url, {
        method,
        signal,
        redirect: 'follow',
        headers: {
          ...(contentType && method === 'POST' && { 'content-type': contentType }),
          ...(authorization && { authorization }),
          ...(authToken &&
            request.kind === 'function' && {
              'x-twilio-signature': getExpectedTwilioSignature(authToken, url, { ...request.parameters }),
            }),
        },
        ...(method === 'POST' && { body }),
      })
      const text = await readUpTo(response, maxBytes)
      if (text === undefined) return { kind: 'failed', why: 'too-large' }
      const type = response.headers.get('content-type') ?? ''
      return { kind: 'answered', status: response.status, contentType: type, body: text }
    } catch {
      return { kind: 'failed', why: signal.aborted ? 'timeout' : 'unreachable' }
    }
  }
}

/** Credentials in an address are sent by HTTP Basic, as Studio does. */
function splitCredentials(address: string): { readonly url: string; readonly authorization?: string } {
  const [, scheme = '', credentials = '', rest = ''] = /^(https?:\/\/)([^/@]*)@(.*)$/is.exec(address) ?? []
  if (rest === '') return { url: address }
  const plain = credentials.split(':').map(decodeURIComponent).join(':')
  return { url: `${scheme}${rest}`, authorization: `Basic ${Buffer.from(plain).toString('base64')}` }
}

async function readUpTo(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength
    if (bytes > maxBytes) return undefined
    chunks.push(chunk as Uint8Array)
  }
  return Buffer.concat(chunks).toString('utf8')
}
