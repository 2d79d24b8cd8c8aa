import type { Form } from '../form.ts'
import type { Refusal } from '../twilio-error.ts'
import type { DocumentChange } from './document-store.ts'

/** What a form asks for, or why it is refused. */
export type ReadOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

/** Largest content of a document, measured on the JSON text in UTF-8: 16 KiB. */
export const CONTENT_LIMIT_BYTES: number = 16 * 1024

const MAX_TTL_SECONDS = 31_536_000

// Codes and their meanings are those of Twilio's error reference (54003 to 54302, read 2026-11). It does not
// name HTTP statuses: 400, 409, 412 and 413 are what the meanings ask for.
const TOO_LARGE: Refusal = { status: 413, code: 54006, message: 'Request entity too large' }
const INVALID_JSON: Refusal = { status: 400, code: 54008, message: 'Invalid JSON' }
const INVALID_TTL: Refusal = { status: 400, code: 54011, message: 'Invalid TTL' }
const INVALID_NAME: Refusal = { status: 400, code: 54302, message: 'Invalid unique name' }
const INVALID_IF_MATCH: Refusal = { status: 400, code: 54003, message: 'Invalid If-Match header' }

/** The refusal of an update that changes nothing. */
export const NO_PARAMETERS: Refusal = { status: 400, code: 54010, message: 'No parameters specified' }
/** The refusal of a unique name that another document has. */
export const NAME_TAKEN: Refusal = { status: 409, code: 54301, message: 'Unique name already exists' }
/** The refusal of an update whose `If-Match` names another revision. */
export const REVISION_MISMATCH: Refusal = { status: 412, code: 54103, message: 'Document revision mismatch' }

/** Reads `Data` and `Ttl`. An empty `Ttl` counts as none. */
export function readChange(form: Form): ReadOutcome<DocumentChange> {
  const text = form.get('Data')
  const ttlText = form.get('Ttl') ?? ''
  let change: DocumentChange = {}
  if (text !== undefined) {
    if (Buffer.byteLength(text, 'utf8') > CONTENT_LIMIT_BYTES) return { ok: false, refusal: TOO_LARGE }
    const content = parseObject(text)
    if (content === undefined) return { ok: false, refusal: INVALID_JSON }
    change = { content }
  }
  if (ttlText === '') return { ok: true, value: change }
  const ttlSeconds = /^\d{1,8}$/.test(ttlText) ? Number(ttlText) : Number.NaN
  if (!(ttlSeconds <= MAX_TTL_SECONDS)) return { ok: false, refusal: INVALID_TTL }
  return { ok: true, value: { ...change, ttlSeconds } }
}

/** Reads `UniqueName`; null when there is none. */
export function readUniqueName(form: Form): ReadOutcome<string | null> {
  const name = form.get('UniqueName')
  if (name === undefined) return { ok: true, value: null }
  // The error reference allows 256 characters, the API description 320; the larger limit is kept here.
  const fits = name.length >= 1 && name.length <= 320 && !/^[A-Z]{2}[a-f0-9]{32}$/.test(name)
  return fits ? { ok: true, value: name } : { ok: false, refusal: INVALID_NAME }
}

/** Reads an `If-Match` header, with or without the quotation marks that HTTP asks for. */
export function readIfMatch(header: string | undefined): ReadOutcome<number | undefined> {
  if (header === undefined) return { ok: true, value: undefined }
  const digits = /^"?(\d{1,15})"?$/.exec(header.trim())?.[1]
  if (digits === undefined) return { ok: false, refusal: INVALID_IF_MATCH }
  return { ok: true, value: Number(digits) }
}

// Documents are described as one JSON object. That a list or a bare value is refused as invalid JSON, and not
// with a code of its own, is an assumption.
function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
