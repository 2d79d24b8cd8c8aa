import RequestClient from 'twilio/lib/base/RequestClient'

/** Longest that one request to Twilio's REST API may take, its retry included. */
export const TWILIO_REQUEST_TIMEOUT_MS = 2_000

/**
 * The HTTP client for Twilio's SDK: a deadline, one immediate retry when the connection breaks (a warm
 * container may hold a socket that died while it was frozen), and, for development, another host.
 *
 * With `apiUrl`, `https://sync.twilio.com/v1/...` becomes `<apiUrl>/sync/v1/...`; the same for every product.
 */
export function createTwilioHttpClient(apiUrl: string | undefined): RequestClient {
  const client = new RequestClient({ timeout: TWILIO_REQUEST_TIMEOUT_MS })
  const request = client.request.bind(client)
  const once: RequestClient['request'] = (options) =>
    request({ ...options, uri: rewrite(options.uri, apiUrl) })
  return Object.assign(client, {
    request: async (options: Parameters<RequestClient['request']>[0]) => {
      try {
        return await once(options)
      } catch (error) {
        if (!isBrokenConnection(error)) throw error
        return once(options)
      }
    },
  })
}

function rewrite(uri: string, apiUrl: string | undefined): string {
  return apiUrl ? uri.replace(/^https:\/\/([a-z-]+)\.(?:[a-z0-9-]+\.)*twilio\.com/, `${apiUrl}/$1`) : uri
}

const BROKEN: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function isBrokenConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && BROKEN.has(error.code)
}
