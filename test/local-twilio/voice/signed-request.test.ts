import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { validateRequest } from 'twilio/lib/webhooks/webhooks'
import type { Exchange, SignedRequest } from '../../../local-twilio/src/voice/signed-request.ts'
import { sendSigned } from '../../../local-twilio/src/voice/signed-request.ts'

const TOKEN = 'a-token-that-signs-only-in-tests'

/** Sends one request to a fresh server, at a URL made from its host and port. */
async function send(
  url: (host: string) => string,
  request: Pick<SignedRequest, 'method' | 'params'>,
  signal: AbortSignal = AbortSignal.timeout(2000),
): Promise<{ exchange: Exchange; seen: IncomingMessage | undefined; url: string }> {
  let seen: IncomingMessage | undefined
  const server = createServer((incoming, outgoing) => {
    seen = incoming
    incoming.resume()
    outgoing.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const full = url(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  const bounds = { connectTimeoutMs: 1000, readTimeoutMs: 1000, maxBodyBytes: 1000, signal }
  const exchange = await sendSigned(
    { ...request, url: full, authToken: TOKEN, idempotencyToken: 't' },
    bounds,
  )
  await new Promise((resolve) => server.close(resolve))
  return { exchange, seen, url: full }
}

function isSigned(seen: IncomingMessage | undefined, url: string, params: Record<string, string>): boolean {
  return validateRequest(TOKEN, String(seen?.headers['x-twilio-signature']), url, params)
}

describe('a signed request', () => {
  test.each([
    "/voice?it's=here",
    '/voice?a=b%20c&d=%C3%A9',
    '/a//b/../c',
    '/voice;x=1?y[]=2|3',
    '/?',
    '?only=query',
    '',
  ])('carries the very characters that it signs: %s', async (path) => {
    const { seen, url } = await send((host) => `http://${host}${path}`, {
      method: 'POST',
      params: { B: '2', A: '1' },
    })
    expect(seen?.url).toBe(path.startsWith('/') ? path : `/${path}`)
    expect(isSigned(seen, url, { A: '1', B: '2' })).toBe(true)
    expect(isSigned(seen, url, { A: '1', B: '3' })).toBe(false)
  })

  test('sends a path that HTTP cannot carry in its encoded form', async () => {
    const { seen } = await send((host) => `http://${host}/größe x`, { method: 'POST', params: {} })
    expect(seen?.url).toBe('/gr%C3%B6%C3%9Fe%20x')
  })

  test('by GET has its parameters in the query, and signs them there', async () => {
    const { seen, url } = await send((host) => `http://${host}/voice?x=1#rc=1`, {
      method: 'GET',
      params: { From: '+12025550142' },
    })
    expect(seen?.url).toBe('/voice?x=1&From=%2B12025550142')
    const signed = url.replace('#rc=1', '&From=%2B12025550142')
    expect(isSigned(seen, signed, {})).toBe(true)
  })

  test('logs in with the credentials of its URL', async () => {
    const { seen } = await send((host) => `http://ada:p%40ss@${host}/`, { method: 'POST', params: {} })
    expect(seen?.headers.authorization).toBe(`Basic ${Buffer.from('ada:p@ss').toString('base64')}`)
  })

  test('is not sent when time has run out before', async () => {
    const { exchange, seen } = await send(
      (host) => `http://${host}/`,
      { method: 'POST', params: {} },
      AbortSignal.abort(),
    )
    expect(seen).toBeUndefined()
    expect(exchange).toMatchObject({ kind: 'unanswered', cause: 'ct' })
  })
})
