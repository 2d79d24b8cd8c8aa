import { newSid } from '../sid.ts'

/** One message of Twilsock, the protocol in which Flex's Sync and Conversations talk over a WebSocket. */
export interface TwilsockMessage {
  readonly header: Readonly<Record<string, unknown>>
  readonly body: string
}

const FIRST_LINE = /^TWILSOCK V3\.0 (\d{1,7})\r\n/

/**
 * Reads a message: `TWILSOCK V3.0 <bytes of header>`, the header as JSON, a line break, the body. undefined when
 * it is none. Observed 2026-11 with twilsock in @twilio/flex-ui 2.17.1.
 */
export function readTwilsock(bytes: Buffer): TwilsockMessage | undefined {
  const [line, length] = FIRST_LINE.exec(bytes.subarray(0, 32).toString('latin1')) ?? []
  if (line === undefined) return undefined
  const start = line.length
  const end = start + Number(length)
  try {
    const header: unknown = JSON.parse(bytes.subarray(start, end).toString())
    if (typeof header !== 'object' || header === null) return undefined
    return { header: header as TwilsockMessage['header'], body: bytes.subarray(end + 2).toString() }
  } catch {
    return undefined
  }
}

/** Writes a message. Its header is completed with the length and type of the body. */
export function writeTwilsock(header: Readonly<Record<string, unknown>>, body?: unknown): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body)
  const typed =
    text === ''
      ? { payload_size: 0 }
      : { payload_size: Buffer.byteLength(text), payload_type: 'application/json' }
  const head = JSON.stringify({ ...header, ...typed })
  return Buffer.from(`TWILSOCK V3.0 ${Buffer.byteLength(head)}\r\n${head}\r\n${text}`)
}

/** One item of a live query, such as a worker in the Teams view. */
export interface LiveItem {
  readonly key: string
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * Answers a message: the connection's own steps are granted, a live query gets its items, everything else does
 * not exist, which Flex takes as a feature that is off. undefined when nothing is to be answered.
 */
export function answerTwilsock(
  message: TwilsockMessage,
  liveItems: (index: string, query: string) => readonly LiveItem[],
): Buffer | undefined {
  const { id, method, http_request: request } = message.header
  const granted = { method: 'reply', id, status: { code: 200, status: 'OK' } }
  if (method === 'init') return writeTwilsock(granted, INIT)
  if (method === 'ping' || method === 'update' || method === 'close') return writeTwilsock(granted)
  if (method !== 'message') return undefined
  const index = LIVE_QUERY.exec(pathOf(request))?.[1]
  if (index === undefined) {
    const status = { code: 404, status: 'NOT_FOUND' }
    return writeTwilsock({ method: 'reply', id, status, http_header: {} }, NOT_FOUND)
  }
  const items = liveItems(index, queryOf(message.body)).map(({ key, data }) => ({ key, data, revision: 1 }))
  const http = { http_headers: { 'content-type': 'application/json' }, http_status: granted.status }
  // Two queries with one name would be taken for one.
  const page = { ...LIVE_PAGE, query_id: newSid('QR'), items, items_count: items.length }
  return writeTwilsock({ ...granted, ...http }, page)
}

function queryOf(body: string): string {
  try {
    const { query_string: query } = JSON.parse(body) as { readonly query_string?: unknown }
    return typeof query === 'string' ? query : ''
  } catch {
    return ''
  }
}

const LIVE_QUERY = /\/v3\/Insights\/([\w-]+)\/Items/
const INIT = {
  continuation_token: 'local',
  continuation_token_status: { reissued: true, reissue_reason: 'MISSING', reissue_message: '' },
  offline_storage: null,
  init_registrations: [],
  debug_info: {},
  capabilities: [],
}
const NOT_FOUND = { message: 'not found', code: 20404, status: 404 }
const LIVE_PAGE = {
  meta: { next_token: null, previous_token: null, encode_token: false, direct_token: true },
  last_event_id: 1,
}

function pathOf(request: unknown): string {
  if (typeof request !== 'object' || request === null || !('path' in request)) return ''
  return typeof request.path === 'string' ? request.path : ''
}
