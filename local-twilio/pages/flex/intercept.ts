import { localAddress } from './outside.ts'

declare global {
  interface Window {
    /** Origin of the functions, set by the page. */
    readonly callerMemoryFunctions?: string
  }
}

/**
 * Turns every request that Flex's own libraries send to Twilio to the local server. Loaded before them. What goes
 * by other ways (fonts, sounds) is held back by the page's content security policy.
 */
function intercept(): void {
  const { origin } = window.location
  const turned = (address: string): string | undefined =>
    localAddress(address, origin, window.callerMemoryFunctions)
  const local = (address: string | URL): string | URL => turned(String(address)) ?? address
  const fetchOutside = window.fetch.bind(window)
  window.fetch = (input, init) => {
    if (!(input instanceof Request)) return fetchOutside(local(input), init)
    const address = turned(input.url)
    return fetchOutside(address === undefined ? input : new Request(address, input), init)
  }
  window.XMLHttpRequest = class extends XMLHttpRequest {
    public override open(method: string, url: string | URL, ...rest: unknown[]): void {
      // Given its request in the same breath; TypeScript knows no way to pass on all of its overloads.
      // oxlint-disable-next-line typescript/unbound-method
      Reflect.apply(super.open, this, [method, local(url), ...rest])
    }
  }
  window.WebSocket = class extends WebSocket {
    public constructor(url: string | URL, protocols?: string | string[]) {
      super(local(url), protocols)
    }
  }
  navigator.sendBeacon = () => true
}

intercept()
