import type { Clock } from '../../../../src/clock.ts'
import { isSid, newSid } from '../../sid.ts'

/** One Sync Document as it is kept. */
export interface SyncDocument {
  readonly sid: string
  readonly serviceSid: string
  readonly uniqueName: string | null
  readonly content: unknown
  /** Counts the changes of the content, from 0. */
  readonly revision: number
  /** Order of creation among all documents; pages are cut by it. */
  readonly position: number
  readonly createdAt: Date
  readonly updatedAt: Date
  /** When it is gone; null for never. */
  readonly expiresAt: Date | null
}

/** What a request sets of a document. */
export interface DocumentChange {
  /** Replaces the whole content. */
  readonly content?: unknown
  /** Counts from now; 0 is for ever. */
  readonly ttlSeconds?: number
}

/** The outcome of a change that asks for one revision. */
export type UpdateOutcome =
  | { readonly kind: 'updated'; readonly document: SyncDocument }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'revision_mismatch' }

/** The Sync Documents of one account, in memory. An expired document is as good as deleted. */
export interface SyncDocumentStore {
  /** The SID of a Service by its SID or by the alias `default`; undefined for anything else. */
  readonly serviceSid: (reference: string) => string | undefined
  /** Undefined when the unique name is taken. */
  readonly create: (
    serviceSid: string,
    uniqueName: string | null,
    change: DocumentChange,
  ) => SyncDocument | undefined
  /** Finds by SID or unique name. */
  readonly find: (serviceSid: string, reference: string) => SyncDocument | undefined
  readonly update: (
    serviceSid: string,
    reference: string,
    change: DocumentChange,
    revision?: number,
  ) => UpdateOutcome
  /** Whether there was something to delete. */
  readonly remove: (serviceSid: string, reference: string) => boolean
  /** All documents of a Service in the order of their creation. */
  readonly list: (serviceSid: string) => readonly SyncDocument[]
}

/** An empty store. Every Service SID of the right form counts as an existing Service. */
export function createSyncDocumentStore(clock: Clock): SyncDocumentStore {
  const defaultServiceSid = newSid('IS')
  const { put, find, drop, all } = createIndex(clock)
  let created = 0

  return {
    serviceSid: (reference) => {
      if (reference === 'default') return defaultServiceSid
      return isSid('IS', reference) ? reference : undefined
    },
    create: (serviceSid, uniqueName, change) => {
      if (uniqueName !== null && find(serviceSid, uniqueName) !== undefined) return undefined
      created += 1
      const document = newDocument(serviceSid, uniqueName, change, created, clock())
      put(document)
      return document
    },
    find,
    update: (serviceSid, reference, change, revision) => {
      const current = find(serviceSid, reference)
      if (current === undefined) return { kind: 'not_found' }
      if (revision !== undefined && revision !== current.revision) return { kind: 'revision_mismatch' }
      const document = changed(current, change, clock())
      put(document)
      return { kind: 'updated', document }
    },
    remove: (serviceSid, reference) => drop(find(serviceSid, reference)),
    list: (serviceSid) => all().filter((document) => document.serviceSid === serviceSid),
  }
}

interface DocumentIndex {
  readonly put: (document: SyncDocument) => void
  readonly find: (serviceSid: string, reference: string) => SyncDocument | undefined
  /** Whether there was one. */
  readonly drop: (document: SyncDocument | undefined) => boolean
  readonly all: () => readonly SyncDocument[]
}

/** The documents by SID and by name, so that finding one takes as long among ten thousand as among ten. */
function createIndex(clock: Clock): DocumentIndex {
  const documents = new Map<string, SyncDocument>()
  const sids = new Map<string, string>()
  const drop: DocumentIndex['drop'] = (document) => {
    sids.delete(nameKey(document?.serviceSid ?? '', document?.uniqueName ?? ''))
    return documents.delete(document?.sid ?? '')
  }
  const isLive = (document: SyncDocument): boolean =>
    document.expiresAt === null || document.expiresAt > clock() || !drop(document)
  return {
    put: (document) => {
      const { sid, serviceSid, uniqueName } = document
      documents.set(sid, document)
      if (uniqueName !== null) sids.set(nameKey(serviceSid, uniqueName), sid)
    },
    find: (serviceSid, reference) => {
      const found = documents.get(sids.get(nameKey(serviceSid, reference)) ?? reference)
      return found?.serviceSid === serviceSid && isLive(found) ? found : undefined
    },
    drop,
    all: () => [...documents.values()].filter(isLive),
  }
}

function nameKey(serviceSid: string, uniqueName: string): string {
  return `${serviceSid} ${uniqueName}`
}

function newDocument(
  serviceSid: string,
  uniqueName: string | null,
  { content = {}, ttlSeconds = 0 }: DocumentChange,
  position: number,
  now: Date,
): SyncDocument {
  return {
    sid: newSid('ET'),
    serviceSid,
    uniqueName,
    content,
    revision: 0,
    position,
    createdAt: now,
    updatedAt: now,
    expiresAt: expiryOf(ttlSeconds, now),
  }
}

// A time to live is fixed: changing the content does not prolong it (Sync documentation, read 2026-11). Whether
// Twilio counts a change of nothing but the time to live as a revision is not documented; here it does not.
function changed(current: SyncDocument, { content, ttlSeconds }: DocumentChange, now: Date): SyncDocument {
  return {
    ...current,
    ...(content === undefined ? {} : { content, revision: current.revision + 1 }),
    ...(ttlSeconds === undefined ? {} : { expiresAt: expiryOf(ttlSeconds, now) }),
    updatedAt: now,
  }
}

function expiryOf(ttlSeconds: number, now: Date): Date | null {
  return ttlSeconds === 0 ? null : new Date(now.getTime() + ttlSeconds * 1000)
}
