import type { Call } from '../call.ts'
import { warn } from '../call.ts'
import type { HttpMethod } from '../events.ts'
import type { TwimlElement } from '../parse-twiml.ts'

/**
 * Reads a whole number of at least `min`. Anything else is a schema violation: Twilio warns and takes the default.
 */
export function wholeNumber<Fallback extends number | undefined>(
  call: Call,
  element: TwimlElement,
  name: string,
  min: number,
  fallback: Fallback,
): number | Fallback {
  const text = element.attributes[name]
  if (text === undefined) return fallback
  const value = Number(text)
  if (/^\d+$/.test(text.trim()) && value >= min) return value
  refuse(call, element, name, `a whole number from ${min}`)
  return fallback
}

/** Reads `true` or `false`, in any case. */
export function flag(call: Call, element: TwimlElement, name: string, fallback: boolean): boolean {
  const text = element.attributes[name]?.toLowerCase()
  if (text === undefined) return fallback
  if (text === 'true' || text === 'false') return text === 'true'
  refuse(call, element, name, 'true or false')
  return fallback
}

/** Reads an HTTP method, `POST` unless it says otherwise. */
export function httpMethod(call: Call, element: TwimlElement, name: string): HttpMethod {
  const text = element.attributes[name]?.toUpperCase()
  if (text === undefined || text === 'POST') return 'POST'
  if (text === 'GET') return 'GET'
  refuse(call, element, name, 'GET or POST')
  return 'POST'
}

/** Reads keys of a telephone: `pattern` says how many, and an empty text is none. */
export function keys(
  call: Call,
  element: TwimlElement,
  name: string,
  pattern: RegExp,
  fallback: string,
): string {
  const text = element.attributes[name]
  if (text === undefined) return fallback
  if (pattern.test(text)) return text
  refuse(call, element, name, 'keys of a telephone')
  return fallback
}

/** A URL of the document: absolute ones keep every character, relative ones refer to the document's own URL. */
export function resolveUrl(reference: string, documentUrl: string): string {
  const text = reference.trim()
  if (text === '') return documentUrl
  if (/^[a-z][a-z\d+.-]*:/i.test(text) || !URL.canParse(text, documentUrl)) return text
  return new URL(text, documentUrl).href
}

function refuse(call: Call, element: TwimlElement, name: string, expected: string): void {
  warn(call, 12200, `attribute "${name}" of <${element.name}> is not ${expected}`)
}
