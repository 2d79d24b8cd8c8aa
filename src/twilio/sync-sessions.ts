import type { Twilio } from 'twilio'
import { type CallSession, type CallSessions, readSession } from '../call/session.ts'
import { within } from '../clock.ts'
import { CallerMemoryError } from '../errors.ts'
import { TWILIO_REQUEST_TIMEOUT_MS } from './rest-client.ts'

export interface SyncSessionsOptions {
  readonly client: () => Twilio
  readonly serviceSid: string
  readonly ttlSeconds: number
}

const NOT_FOUND = 404
const TAKEN = 409

// TWILIO: a unique name that looks like a SID is refused (54302), so a CallSid alone will not do.
const documentName = (callSid: string): string => `call-${callSid}`

/** Keeps sessions in Twilio Sync: one document per call, named after its CallSid, forgotten after its TTL. */
export function createSyncSessions({ client, serviceSid, ttlSeconds }: SyncSessionsOptions): CallSessions {
  const documents = () => client().sync.v1.services(serviceSid).documents
  const create = (session: CallSession): Promise<unknown> =>
    documents().create({ uniqueName: documentName(session.callSid), data: session, ttl: ttlSeconds })
  const update = (session: CallSession): Promise<unknown> =>
    documents()(documentName(session.callSid)).update({ data: session, ttl: ttlSeconds })
  return {
    open: (session) =>
      inTime(() =>
        withAlternative(
          () => create(session),
          TAKEN,
          () => update(session),
        ),
      ),
    save: (session) =>
      inTime(() =>
        withAlternative(
          () => update(session),
          NOT_FOUND,
          () => create(session),
        ),
      ),
    load: (callSid) => inTime(() => load(() => documents()(documentName(callSid)).fetch())),
  }
}

async function load(fetch: () => Promise<{ data: unknown }>): Promise<CallSession | undefined> {
  try {
    return readSession((await fetch()).data)
  } catch (error) {
    if (statusOf(error) === NOT_FOUND) return undefined
    throw error
  }
}

async function withAlternative(
  first: () => Promise<unknown>,
  unlessStatus: number,
  second: () => Promise<unknown>,
): Promise<void> {
  try {
    await first()
  } catch (error) {
    if (statusOf(error) !== unlessStatus) throw error
    await second()
  }
}

async function inTime<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await within(TWILIO_REQUEST_TIMEOUT_MS, work(), () => {
      throw unavailable()
    })
  } catch (error) {
    throw error instanceof CallerMemoryError ? error : unavailable(statusOf(error))
  }
}

function unavailable(upstreamStatus?: number): CallerMemoryError {
  const facts = upstreamStatus === undefined ? {} : { upstreamStatus }
  return new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'Twilio Sync could not be reached', facts)
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined
}
