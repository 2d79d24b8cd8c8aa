import type { Twilio } from 'twilio'
import { type CallSession, type CallSessions, readSession, type Revision } from '../call/session.ts'
import { CallerMemoryError } from '../errors.ts'
import { SYNC_STATUS, unlessStatus, withSync } from './sync.ts'

export interface SyncSessionsOptions {
  readonly client: () => Twilio
  readonly serviceSid: string
  readonly ttlSeconds: number
}

// TWILIO: a unique name that looks like a SID is refused (54302), so a CallSid alone will not do.
const documentName = (callSid: string): string => `call-${callSid}`

const PAGE_SIZE = 100
// Writers of one call that meet at the same instant. Each round one of them gets through.
const MOST_ROUNDS = 8

/** Keeps sessions in Twilio Sync: one document per call, named after its CallSid, forgotten after its TTL. */
export function createSyncSessions(options: SyncSessionsOptions): CallSessions {
  const documents = () => options.client().sync.v1.services(options.serviceSid).documents
  const store = documentStore(options)
  const change = async <T>(
    callSid: string,
    revise: (kept: CallSession | undefined) => Revision<T>,
  ): Promise<T> => {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const kept = await store.fetch(callSid)
      const { session, result } = revise(kept?.session)
      if (!session || JSON.stringify(session) === JSON.stringify(kept?.session)) return result
      const written = kept ? await store.replace(session, kept.revision) : await store.create(session)
      if (written) return result
    }
    throw new CallerMemoryError('CM_SESSION_UNAVAILABLE', 'too many writers of one session')
  }
  return {
    open: (session) =>
      withSync(async () => {
        if (await store.create(session)) return
        await change(session.callSid, (kept) => ({ session: reopened(kept, session), result: undefined }))
      }),
    load: (callSid) => withSync(async () => (await store.fetch(callSid))?.session),
    change: (callSid, revise) => withSync(() => change(callSid, revise)),
    list: (pageUrl) =>
      withSync(async () => {
        const page = await (pageUrl
          ? documents().getPage(pageUrl)
          : documents().page({ pageSize: PAGE_SIZE }))
        const sessions = page.instances.flatMap(({ data }) => readSession(data) ?? [])
        return { sessions, ...(page.nextPageUrl && { nextPageToken: page.nextPageUrl }) }
      }),
  }
}

/** A first webhook that came again knows the caller anew, and nothing of what the call has come to. */
function reopened(kept: CallSession | undefined, { tier, memory, ...opened }: CallSession): CallSession {
  return { ...opened, ...kept, tier, memory, ...(opened.customerRef && { customerRef: opened.customerRef }) }
}

interface KeptDocument {
  /** Undefined when the document holds something else. */
  readonly session: CallSession | undefined
  readonly revision: string
}

interface DocumentStore {
  readonly fetch: (callSid: string) => Promise<KeptDocument | undefined>
  /** Whether it was written; if not, somebody else was first. */
  readonly create: (session: CallSession) => Promise<boolean>
  readonly replace: (session: CallSession, revision: string) => Promise<boolean>
}

function documentStore({ client, serviceSid, ttlSeconds: ttl }: SyncSessionsOptions): DocumentStore {
  const documents = () => client().sync.v1.services(serviceSid).documents
  const { notFound, taken, changed } = SYNC_STATUS
  return {
    fetch: async (callSid) => {
      const found = await unlessStatus([notFound], () => documents()(documentName(callSid)).fetch())
      return found && { session: readSession(found.data), revision: found.revision }
    },
    create: async (session) => {
      const uniqueName = documentName(session.callSid)
      const created = await unlessStatus([taken], () =>
        documents().create({ uniqueName, data: session, ttl }),
      )
      return created !== undefined
    },
    replace: async (session, ifMatch) => {
      const document = documents()(documentName(session.callSid))
      const updated = await unlessStatus([notFound, changed], () =>
        document.update({ ifMatch, data: session, ttl }),
      )
      return updated !== undefined
    },
  }
}
