/** Under this path the local server answers for Twilio's hosts: `/twilio/<host>/<path>`. */
export const TWILIO_PATH = '/twilio/'

/**
 * Where a request really goes: one to another host is turned to the local server, so that Flex talks to nobody
 * else. undefined for what stays on this page's origin, goes to the functions, or is a `data:` or `blob:` address.
 */
export function localAddress(
  address: string,
  pageOrigin: string,
  functionsOrigin?: string,
): string | undefined {
  let url: URL
  try {
    url = new URL(address, pageOrigin)
  } catch {
    return undefined
  }
  if (!/^(?:https?|wss?):$/.test(url.protocol)) return undefined
  const page = new URL(pageOrigin)
  if (url.host === page.host || url.origin === functionsOrigin) return undefined
  const isSocket = url.protocol.startsWith('ws')
  const scheme = isSocket ? page.protocol.replace('http', 'ws') : page.protocol
  return `${scheme}//${page.host}${TWILIO_PATH}${url.host}${url.pathname}${url.search}`
}
