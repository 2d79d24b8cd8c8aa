/** What Twilio does with an answer, by its media type. */
export type MediaType = 'twiml' | 'audio' | 'unusable'

const TWIML_TYPES: ReadonlySet<string> = new Set(['text/xml', 'application/xml', 'text/html'])

/**
 * Sorts a `Content-Type`. Twilio reads XML and HTML as TwiML and plays audio.
 *
 * TWILIO: an older page says that `text/plain` is read out and the call ended. Here it is an error like JSON: a
 * Function that answers with a bare string by mistake must not pass for one that speaks. (observed 2026-11)
 */
export function sortMediaType(contentType: string | null): MediaType {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (TWIML_TYPES.has(type)) return 'twiml'
  return type.startsWith('audio/') ? 'audio' : 'unusable'
}

/** Whether an answer with this `Content-Type` is read as TwiML. */
export function isTwimlType(contentType: string | null): boolean {
  return sortMediaType(contentType) === 'twiml'
}
