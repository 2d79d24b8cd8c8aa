import { createHmac } from 'node:crypto'
import type { Twilio } from 'twilio'
import type { CallerLines } from '../call/earlier-call.ts'
import { SYNC_STATUS, unlessStatus, withSync } from './sync.ts'

export interface SyncLinesOptions {
  readonly client: () => Twilio
  readonly serviceSid: string
  /** As long as the sessions, to which the lines lead. */
  readonly ttlSeconds: number
  /** Makes the names of lines of no use to anybody else. */
  readonly hashKey: string
}

/**
 * Keeps in Twilio Sync which call came last from a line: a document per line that holds a CallSid. Not an item of one
 * map, which all calls of the centre would write to: Sync limits the writes to one object.
 */
export function createSyncLines({
  client,
  serviceSid,
  ttlSeconds: ttl,
  hashKey,
}: SyncLinesOptions): CallerLines {
  const documents = () => client().sync.v1.services(serviceSid).documents
  const { notFound, taken } = SYNC_STATUS
  return {
    nameOf: (e164) => `line-${createHmac('sha256', hashKey).update(e164).digest('base64url')}`,
    latestCall: (line) =>
      withSync(async () => {
        const found = await unlessStatus([notFound], () => documents()(line).fetch())
        const { call_sid: callSid } = (found?.data ?? {}) as { call_sid?: unknown }
        return typeof callSid === 'string' ? callSid : undefined
      }),
    noteCall: (line, callSid) =>
      withSync(async () => {
        const data = { call_sid: callSid }
        const create = () => documents().create({ uniqueName: line, data, ttl })
        if (await unlessStatus([taken], create)) return
        await unlessStatus([notFound], () => documents()(line).update({ data, ttl }))
      }),
    forget: (line) =>
      withSync(async () => {
        await unlessStatus([notFound], () => documents()(line).remove())
      }),
  }
}
