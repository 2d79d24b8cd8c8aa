import type { ServerResponse } from 'node:http'

type Method = (...values: unknown[]) => unknown

const GUARDED = ['end', 'write', 'writeHead', 'setHeader', 'appendHeader', 'removeHeader'] as const

/**
 * Makes a response deaf once it has ended. Twilio takes the first answer of a function and stops it; locally
 * it runs on, and a late or second `callback` would throw "headers already sent" inside it.
 */
export function sealAfterEnd(response: ServerResponse): void {
  const methods = response as unknown as Record<string, Method>
  let ended = false
  for (const name of GUARDED) {
    const original = methods[name]?.bind(response)
    if (original === undefined) continue
    methods[name] = (...values) => {
      if (ended) return name === 'write' ? false : response
      const result = original(...values)
      // Only afterwards: end() itself writes the head through the methods that are guarded here.
      if (name === 'end') ended = true
      return result
    }
  }
}
